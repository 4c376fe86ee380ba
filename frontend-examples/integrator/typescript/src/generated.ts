// Made by `npm run types`; do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What a new API key may do, and for how long. */
export type CreateApiKeyInput = {
  /** What to call it, 1 to 80 characters. */
  readonly name: string;
  /** What it may do; at least one, never KEYS_WRITE. */
  readonly scopes: ReadonlyArray<Scope>;
  /** When it ends; null for never. */
  readonly expiresAt?: string | null | undefined;
  /** Where the integration that uses it says what it does with personal data: an https address. The terms say whether there must be one (M141). */
  readonly privacyPolicyUrl?: string | null | undefined;
};

/** A payment into the balance. */
export type CreateTopUpInput = {
  /** What to pay. What comes of it is credited. */
  readonly amount: MoneyInput;
  /** A string of your choice, 1 to 255 visible ASCII characters, that names this one intention: a repetition with the same input gets the first outcome again and changes nothing. */
  readonly idempotencyKey: string;
  /** What to charge. It or `paymentToken` is required. */
  readonly payment?: PaymentInput | null | undefined;
  /**
   * The same as `payment: {token}`.
   * @deprecated Give `payment`, which takes saved payment methods too.
   */
  readonly paymentToken?: string | null | undefined;
};

/** Packs of credits from the catalog. */
export type CreditPackInput = {
  /** The pack's code, such as EMAIL_1K. */
  readonly code: string;
  /** How many packs, 1 to 100. */
  readonly packs?: number;
};

/** A currency that the service can sell in, by its ISO 4217 code. */
export type Currency =
  | 'AUD'
  | 'BRL'
  | 'CAD'
  | 'CHF'
  | 'CZK'
  | 'DKK'
  | 'EUR'
  | 'GBP'
  | 'JPY'
  | 'MXN'
  | 'NOK'
  | 'PLN'
  | 'SEK'
  | 'TND'
  | 'USD';

/** Where a copy is. */
export type DataExportStatus =
  /** It is being made. */
  | 'BUILDING'
  /** It can be fetched. */
  | 'READY'
  /** Its time was over, and it is deleted. */
  | 'EXPIRED'
  /** It was given up, or the account was closed, and it is deleted. */
  | 'CANCELLED';

/** The check of a list of e-mail addresses, paid by the address. */
export type EmailVerificationInput = {
  /** How many addresses, 100 to 10,000,000. */
  readonly addresses: number;
  /** Whether to ask the receiving server for each mailbox, and not for the domain only. */
  readonly checkMailbox?: boolean;
  /** Your name for the list, at most 140 characters. */
  readonly listName?: string | null | undefined;
};

/** An exact amount of money in one currency. */
export type MoneyInput = {
  /** In whole units of the currency, as a string: "10.50". More decimals than it has are refused. */
  readonly amount: string;
  /** The currency. */
  readonly currency: Currency;
};

/** The look-up of the carriers of telephone numbers, paid by the number. */
export type NumberLookupInput = {
  /** How many numbers, 100 to 10,000,000. */
  readonly numbers: number;
  /** Their country, as two letters of ISO 3166-1. */
  readonly country: string;
};

/** What to order: exactly one of these. */
export type OrderItemInput =
  {   /** Packs of e-mail or SMS credits. */
  readonly creditPack: CreditPackInput; readonly emailVerification?: never; readonly numberLookup?: never; }
  |  { readonly creditPack?: never;   /** The check of a list of e-mail addresses. */
  readonly emailVerification: EmailVerificationInput; readonly numberLookup?: never; }
  |  { readonly creditPack?: never; readonly emailVerification?: never;   /** The look-up of telephone numbers. */
  readonly numberLookup: NumberLookupInput; };

/** What to charge: exactly one of these. */
export type PaymentInput =
  {   /** A token that a gateway made for a payment method; see `sandboxTokens`. Never a card number. It is forgotten once the outcome is known. */
  readonly token: string; readonly methodId?: never; }
  |  { readonly token?: never;   /** A payment method that the account has saved. */
  readonly methodId: string | number; };

/** An order to place. */
export type PlaceOrderInput = {
  /** What to order. */
  readonly item: OrderItemInput;
  /** From which balance it is paid. */
  readonly currency: Currency;
  /** A string of your choice, 1 to 255 visible ASCII characters, that names this one intention: a repetition with the same input gets the first outcome again and changes nothing. */
  readonly idempotencyKey: string;
  /** Your own name for the order, at most 140 characters; kept encrypted. */
  readonly reference?: string | null | undefined;
  /** When the balance is too low: true leaves the order PENDING until a top-up pays for it, false refuses it. */
  readonly awaitPayment?: boolean;
};

/** A version of a document, as `policyInForce` names it. */
export type PolicyVersionInput = {
  /** Which document. */
  readonly document: string;
  /** Which version of it. */
  readonly version: string;
  /** The language in which it was shown, two small letters; null when not known. */
  readonly language?: string | null | undefined;
};

/** What to quote. */
export type QuoteOrderInput = {
  /** What would be ordered. */
  readonly item: OrderItemInput;
  /** From which balance it would be paid. */
  readonly currency: Currency;
};

/** What a credential may do: a session what its person's role allows, an API key what it was granted. */
export type Scope =
  /** Read the account and its credentials. */
  | 'ACCOUNT_READ'
  /** Change the account. */
  | 'ACCOUNT_WRITE'
  /** Make and revoke API keys. Sessions only: no API key is ever granted it. */
  | 'KEYS_WRITE'
  /** Invite, limit and remove people. Sessions only. */
  | 'PEOPLE_WRITE'
  /** Change one's own password, e-mail address and sessions. Sessions only. */
  | 'SELF_WRITE'
  /** Read and answer complaints about what was sent. Sessions of owners and administrators only. */
  | 'COMPLAINTS_ANSWER'
  /** Manage other accounts, and let a reseller manage this one. Sessions of its owners only. */
  | 'MANAGEMENT_WRITE'
  /** Read and answer what recipients ask about their data. Sessions of owners and administrators only. */
  | 'REQUESTS_ANSWER'
  /** Ask about the account's own data, restrict what is done with it. Sessions of its owners only. */
  | 'PRIVACY_WRITE'
  /** Close the account. Sessions of its owners only. */
  | 'ACCOUNT_CLOSE'
  /** Read balances. */
  | 'BALANCE_READ'
  /** Read postings and verify the ledger. */
  | 'LEDGER_READ'
  /** Read top-ups. */
  | 'TOPUPS_READ'
  /** Make top-ups. */
  | 'TOPUPS_WRITE'
  /** Read orders and prices. */
  | 'ORDERS_READ'
  /** Place and cancel orders. */
  | 'ORDERS_WRITE'
  /** Record usage, which spends the balance. */
  | 'USAGE_WRITE'
  /** Read campaigns, their statistics, and who wants nothing more. */
  | 'CAMPAIGNS_READ'
  /** Make and launch campaigns, which spends credits. */
  | 'CAMPAIGNS_WRITE'
  /** Report what became of messages, which suppresses addresses. */
  | 'EVENTS_WRITE';

/** Login and password. */
export type SignInInput = {
  /** The login, in any case. */
  readonly login: string;
  /** The password. */
  readonly password: string;
  /** How the session token is kept. */
  readonly transport: Transport;
  /** The `deviceToken` of an earlier sign-in on this device, if there was one. */
  readonly deviceToken?: string | null | undefined;
};

/** Where a top-up is. */
export type TopUpStatus =
  /** It is ordered; the gateway was not asked yet. */
  | 'PENDING'
  /** The gateway works on it, or waits for `nextAction`. */
  | 'PROCESSING'
  /** The money came, and what came is in the balance. */
  | 'SUCCEEDED'
  /** No money came. Should it come after all, it is credited and this is SUCCEEDED. */
  | 'FAILED'
  /** It is not known whether money came; the gateway is being asked. */
  | 'ERRORED'
  /** The money went again and was taken out of the balance. Should the bank give it back, this is SUCCEEDED again. */
  | 'REVERSED';

/** How a client keeps its session token. */
export type Transport =
  /** For browsers: an HttpOnly cookie, which no script can read. The answer has no token. */
  | 'COOKIE'
  /** For other clients: the answer has the token, sent as `Authorization: Bearer …`. */
  | 'BEARER';

export type AcceptPolicyMutationVariables = Exact<{
  input: PolicyVersionInput;
}>;


export type AcceptPolicyMutation = { readonly acceptPolicy:
    | { readonly __typename: 'PolicyAccepted' }
    | { readonly __typename: 'PolicyNotInForce', readonly code: string, readonly message: string }
    | { readonly __typename: 'PolicyLanguageUnknown', readonly code: string, readonly message: string }
   };

export type CreateKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateKeyMutation = { readonly createApiKey:
    | { readonly secret: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
   };

export type EveryChangeSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type EveryChangeSubscription = { readonly balance: { readonly sequence: string, readonly available: string, readonly posting: { readonly amount: string, readonly reference: string } | null } };

export type ExportChangedSubscriptionVariables = Exact<{
  id: string | number;
}>;


export type ExportChangedSubscription = { readonly dataExportChanged: { readonly export: { readonly status: DataExportStatus, readonly rows: string } | null } };

export type ExportLinkMutationVariables = Exact<{
  id: string | number;
}>;


export type ExportLinkMutation = { readonly createExportLink:
    | { readonly path: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
   };

export type KeyPoliciesQueryVariables = Exact<{ [key: string]: never; }>;


export type KeyPoliciesQuery = { readonly keyPoliciesInForce: ReadonlyArray<{ readonly document: string, readonly version: string }> };

export type PlaceOrderMutationVariables = Exact<{
  input: PlaceOrderInput;
}>;


export type PlaceOrderMutation = { readonly placeOrder:
    | { readonly replayed: boolean, readonly order: { readonly id: string, readonly credits: number, readonly gross: { readonly amount: string } } }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
   };

export type QuoteQueryVariables = Exact<{
  input: QuoteOrderInput;
}>;


export type QuoteQuery = { readonly quoteOrder:
    | { readonly gross: { readonly amount: string, readonly currency: Currency }, readonly missing: { readonly amount: string } }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
   };

export type RequestExportMutationVariables = Exact<{ [key: string]: never; }>;


export type RequestExportMutation = { readonly requestExport:
    | { readonly export: { readonly id: string } }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
   };

export type SignInMutationVariables = Exact<{
  input: SignInInput;
}>;


export type SignInMutation = { readonly signIn:
    | { readonly token: string | null }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | Record<PropertyKey, never>
   };

export type TopUpChangedSubscriptionVariables = Exact<{
  id: string | number;
}>;


export type TopUpChangedSubscription = { readonly topUpChanged: { readonly topUp: { readonly status: TopUpStatus } | null } };

export type TopUpMutationVariables = Exact<{
  input: CreateTopUpInput;
}>;


export type TopUpMutation = { readonly createTopUp:
    | { readonly topUp: { readonly id: string } }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
    | { readonly code: string, readonly message: string }
   };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const AcceptPolicyDocument = new TypedDocumentString(`
    mutation AcceptPolicy($input: PolicyVersionInput!) {
  acceptPolicy(input: $input) {
    __typename
    ... on Problem {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<AcceptPolicyMutation, AcceptPolicyMutationVariables>;
export const CreateKeyDocument = new TypedDocumentString(`
    mutation CreateKey($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    ... on ApiKeyCreated {
      secret
    }
    ... on Problem {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<CreateKeyMutation, CreateKeyMutationVariables>;
export const EveryChangeDocument = new TypedDocumentString(`
    subscription EveryChange($after: BigInt) {
  balance(unit: EMAIL, after: $after, mode: EVERY) {
    sequence
    available
    posting {
      amount
      reference
    }
  }
}
    `) as unknown as TypedDocumentString<EveryChangeSubscription, EveryChangeSubscriptionVariables>;
export const ExportChangedDocument = new TypedDocumentString(`
    subscription ExportChanged($id: ID!) {
  dataExportChanged(id: $id) {
    export {
      status
      rows
    }
  }
}
    `) as unknown as TypedDocumentString<ExportChangedSubscription, ExportChangedSubscriptionVariables>;
export const ExportLinkDocument = new TypedDocumentString(`
    mutation ExportLink($id: ID!) {
  createExportLink(input: {exportId: $id}) {
    ... on ExportLinkCreated {
      path
    }
    ... on Problem {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ExportLinkMutation, ExportLinkMutationVariables>;
export const KeyPoliciesDocument = new TypedDocumentString(`
    query KeyPolicies {
  keyPoliciesInForce {
    document
    version
  }
}
    `) as unknown as TypedDocumentString<KeyPoliciesQuery, KeyPoliciesQueryVariables>;
export const PlaceOrderDocument = new TypedDocumentString(`
    mutation PlaceOrder($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    ... on OrderPlaced {
      replayed
      order {
        id
        credits
        gross {
          amount
        }
      }
    }
    ... on Problem {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<PlaceOrderMutation, PlaceOrderMutationVariables>;
export const QuoteDocument = new TypedDocumentString(`
    query Quote($input: QuoteOrderInput!) {
  quoteOrder(input: $input) {
    ... on OrderQuote {
      gross {
        amount
        currency
      }
      missing {
        amount
      }
    }
    ... on Problem {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<QuoteQuery, QuoteQueryVariables>;
export const RequestExportDocument = new TypedDocumentString(`
    mutation RequestExport {
  requestExport(input: {scope: ACCOUNT, right: PORTABILITY}) {
    ... on ExportRequested {
      export {
        id
      }
    }
    ... on Problem {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RequestExportMutation, RequestExportMutationVariables>;
export const SignInDocument = new TypedDocumentString(`
    mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    ... on SignedIn {
      token
    }
    ... on Problem {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const TopUpChangedDocument = new TypedDocumentString(`
    subscription TopUpChanged($id: ID!) {
  topUpChanged(id: $id) {
    topUp {
      status
    }
  }
}
    `) as unknown as TypedDocumentString<TopUpChangedSubscription, TopUpChangedSubscriptionVariables>;
export const TopUpDocument = new TypedDocumentString(`
    mutation TopUp($input: CreateTopUpInput!) {
  createTopUp(input: $input) {
    ... on TopUpCreated {
      topUp {
        id
      }
    }
    ... on Problem {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<TopUpMutation, TopUpMutationVariables>;