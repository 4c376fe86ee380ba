// Passkeys: what the server asks for, in the form that browsers want, and their answer in the form that it wants.

import type { PasskeyAnswerInput, PasskeyAskedFragment } from '../api/generated';

function bytesOf(text: string): ArrayBuffer {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0)).buffer;
}

function textOf(buffer: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

const known = (ids: readonly string[]): PublicKeyCredentialDescriptor[] =>
  ids.map((id) => ({ type: 'public-key', id: bytesOf(id) }));

/** Null when the person gave up, or has no passkey here. */
export async function answerPasskey(asked: PasskeyAskedFragment): Promise<PasskeyAnswerInput | null> {
  const found = await navigator.credentials
    .get({
      publicKey: {
        challenge: bytesOf(asked.challenge),
        rpId: asked.rpId,
        allowCredentials: known(asked.allowedCredentialIds),
        userVerification: 'required',
      },
    })
    .catch(() => null);
  if (!(found instanceof PublicKeyCredential)) return null;
  const said = found.response as AuthenticatorAssertionResponse;
  return {
    challenge: asked.token,
    credentialId: found.id,
    clientDataJson: textOf(said.clientDataJSON),
    authenticatorData: textOf(said.authenticatorData),
    signature: textOf(said.signature),
  };
}

interface Creation {
  readonly token: string;
  readonly challenge: string;
  readonly rpId: string;
  readonly rpName: string;
  readonly userId: string;
  readonly userName: string;
  readonly algorithms: readonly number[];
  readonly excludedCredentialIds: readonly string[];
}

/** What registers a new passkey, but for its name; null when the person gave up. */
export async function createPasskey(wanted: Creation) {
  const made = await navigator.credentials
    .create({
      publicKey: {
        challenge: bytesOf(wanted.challenge),
        rp: { id: wanted.rpId, name: wanted.rpName },
        user: { id: bytesOf(wanted.userId), name: wanted.userName, displayName: wanted.userName },
        pubKeyCredParams: wanted.algorithms.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: known(wanted.excludedCredentialIds),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      },
    })
    .catch(() => null);
  if (!(made instanceof PublicKeyCredential)) return null;
  const said = made.response as AuthenticatorAttestationResponse;
  return {
    challenge: wanted.token,
    credentialId: made.id,
    clientDataJson: textOf(said.clientDataJSON),
    attestationObject: textOf(said.attestationObject),
  };
}
