import { SandboxTokensDocument } from '../api/generated';
import { useAsk } from '../api/hooks';

/** The sandbox's cards; none where it is switched off. */
export function useTokens() {
  const tokens = useAsk(SandboxTokensDocument, {});
  return tokens.data?.sandboxTokens ?? [];
}
