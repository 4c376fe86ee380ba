// Made by `npm run types`; do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What is needed to join an account. */
export type AcceptInvitationInput = {
  /** The invitation's secret. */
  readonly token: string;
  /** 3 to 64 letters a to z, digits and . _ + @ -, in any case. */
  readonly login: string;
  /** 12 to 256 characters, without the login in it. */
  readonly password: string;
};

/** Whether an account may be used. In every state but ACTIVE and CLOSED it is restricted: its people may sign in, read, pay, reactivate it where they can, and close it; API keys are of no use. */
export type AccountStatus =
  /** It may be used. */
  | 'ACTIVE'
  /** Nothing was sent for a while; restricted until somebody reactivates it. */
  | 'DISABLED'
  /** It was not used for long; restricted until somebody reactivates it. */
  | 'DEACTIVATED'
  /** Restricted by the company, which alone can end that. */
  | 'SUSPENDED'
  /** It has ended; nobody signs in any more. */
  | 'CLOSED';

/** Why an account is in its state. */
export type AccountStatusReason =
  /** Nothing was sent. */
  | 'NO_SENDING'
  /** Nobody signed in, and nothing was paid. */
  | 'NO_ACTIVITY'
  /** A complaint about what was sent. */
  | 'COMPLAINT'
  /** Use against the terms. */
  | 'ABUSE'
  /** Something is not paid. */
  | 'PAYMENT'
  /** Somebody else may act for it. */
  | 'SECURITY'
  /** The law asks for it. */
  | 'LEGAL'
  /** Its industry is not served. */
  | 'INDUSTRY'
  /** Another reason. */
  | 'OTHER'
  /** Its owner closed it. */
  | 'VOLUNTARY'
  /** The company closed it. */
  | 'PREVENTIVE';

/** Addresses for a campaign. */
export type AddCampaignRecipientsInput = {
  /** The campaign, a DRAFT. Its audience is declared. */
  readonly campaignId: string | number;
  /** E-mail addresses, or phone numbers with their plus sign; at most 1,000. Repeat the call for more. */
  readonly recipients: ReadonlyArray<string>;
};

/** What somebody says of their age: exactly one of these. It is judged, and not kept. */
export type AgeInput =
  {   /** The day of birth, as YYYY-MM-DD. */
  readonly birthDate: string; readonly oldEnough?: never; }
  |  { readonly birthDate?: never;   /** Whether they are of the age that the service asks for, or older. */
  readonly oldEnough: boolean; };

/** What support answers. */
export type AnswerTicketInput = {
  /** The ticket, not CLOSED. */
  readonly ticketId: string | number;
  /** The answer, up to 2,000 characters. The customer is told by a notice. */
  readonly text: string;
  /** What is next. */
  readonly then?: TicketAfterAnswer;
};

/** What an incident affects, and at which risk. */
export type AssessIncidentInput = {
  /** The incident, `inc_…`, not closed. */
  readonly incidentId: string | number;
  /** The risk for people. */
  readonly risk: IncidentRisk;
  /** Which categories of data of the policy; at least one where there is a risk. */
  readonly categories: ReadonlyArray<string>;
  /** How many people, as far as known; at least one where there is a risk. */
  readonly people: string;
  /** What is likely to follow for them, up to 2,000 characters. */
  readonly consequences: string;
};

/** What happened to an automatic top-up. */
export type AutoTopUpChange =
  /** It was set up, or set to something else. */
  | 'SET'
  /** It was switched off. */
  | 'DISABLED'
  /** It is no longer suspended. */
  | 'RESUMED'
  /** It was decided anew, and nothing was started. */
  | 'DECIDED'
  /** One is in flight. */
  | 'STARTED'
  /** One ended well. */
  | 'SUCCEEDED'
  /** One failed. */
  | 'FAILED'
  /** It is suspended. */
  | 'SUSPENDED';

/** What to top up, when, by how much, and who pays. */
export type AutoTopUpInput = {
  /** Which balance; one automatic top-up each. */
  readonly unit: Unit;
  /** The currency to charge; for a money balance its own. */
  readonly currency: Currency;
  /** Act when less than this is available, in whole units. For credits 100 when left out. */
  readonly below?: string | null | undefined;
  /** How much to add at least, in whole units; no less than `below`. For credits 2000 when left out. */
  readonly add?: string | null | undefined;
  /** The payment method to charge; whichever is the default one when left out. */
  readonly methodId?: string | number | null | undefined;
  /** The most to spend in a day (UTC), in whole units of the currency. */
  readonly capPerDay?: string | null | undefined;
  /** The most to spend in a month (UTC), in whole units of the currency. */
  readonly capPerMonth?: string | null | undefined;
};

/** Where an automatic top-up is. */
export type AutoTopUpState =
  /** Switched off. */
  | 'OFF'
  /** It acts when the balance falls below its limit. */
  | 'READY'
  /** One is on its way; there is never a second one. */
  | 'IN_FLIGHT'
  /** The last one failed: it waits until `nextTryAt`. */
  | 'COOLING'
  /** It rests until something is done about `suspension`. */
  | 'SUSPENDED';

/** Why an automatic top-up is suspended. */
export type AutoTopUpSuspension =
  /** Its payment method was removed. One that is saved for automatic top-ups resumes it. */
  | 'METHOD_GONE'
  /** Its card has expired. A method that is saved for automatic top-ups resumes it. */
  | 'METHOD_EXPIRED'
  /** It failed too often in a row. */
  | 'TOO_MANY_FAILURES'
  /** The payer's bank took a payment back. */
  | 'CHARGED_BACK'
  /** The account has no API key any more to send with. */
  | 'CHANNEL_GONE'
  /** What it adds is not sold any more. */
  | 'NOT_SOLD';

/** One of the account's automatic top-ups. */
export type AutoTopUpUnitInput = {
  /** Which balance it watches. */
  readonly unit: Unit;
};

/** What was decided about an automatic top-up. */
export type AutoTopUpVerdict =
  /** It is switched off. */
  | 'OFF'
  /** There is enough: at exactly the limit nothing happens. */
  | 'ENOUGH'
  /** The payment method is charged. */
  | 'START'
  /** The money balance pays for the credits, so that nothing has to be charged. */
  | 'PAY_FROM_BALANCE'
  /** One is on its way already. */
  | 'IN_FLIGHT'
  /** It waits after a failure. */
  | 'COOLING'
  /** It would pass `capPerDay`. */
  | 'DAY_CAP'
  /** It would pass `capPerMonth`. */
  | 'MONTH_CAP'
  /** It was started as often as is allowed in a day. */
  | 'TOO_OFTEN'
  /** The service holds all automatic top-ups back. */
  | 'STOPPED'
  /** The account is suspended, disabled or deactivated: nothing is charged until it is active. */
  | 'ACCOUNT_RESTRICTED'
  /** Something is missing: it is suspended. */
  | 'SUSPEND'
  /** It is suspended already. */
  | 'SUSPENDED';

/** Which request. */
export type BeginPrivacyRequestInput = {
  /** The request, RECEIVED or HELD. */
  readonly requestId: string | number;
};

/** Extra seats to buy. */
export type BuySeatsInput = {
  /** How many. */
  readonly count: number;
  /** By which cycle they are billed. */
  readonly cycle: PlanCycle;
  /** A string of your choice, 1 to 255 visible ASCII characters, that names this one intention: a repetition with the same input gets the first outcome again and changes nothing. */
  readonly idempotencyKey: string;
  /** The saved card that pays; the account's default one when left out, and where it is gone later. */
  readonly paymentMethodId?: string | number | null | undefined;
};

/** What is sent, which says by which channel: exactly one of these. */
export type CampaignMessageInput =
  {   /** An e-mail. */
  readonly email: EmailMessageInput; readonly sms?: never; }
  |  { readonly email?: never;   /** An SMS. */
  readonly sms: SmsMessageInput; };

/** Where a campaign is. */
export type CampaignStatus =
  /** It can be changed. */
  | 'DRAFT'
  /** It is launched at its instant. */
  | 'SCHEDULED'
  /** Its credits are held, and it may be sent. */
  | 'SENDING'
  /** It may not be sent for now; its credits stay held, and its time runs on. */
  | 'PAUSED'
  /** It was sent. Final. */
  | 'COMPLETED'
  /** It was given up. Final. */
  | 'CANCELLED'
  /** It could not be launched, or nothing of it was sent in its time. Final. */
  | 'FAILED';

/** Which campaign is given up. */
export type CancelCampaignInput = {
  /** The campaign, while it has not ended. */
  readonly campaignId: string | number;
};

/** Which copy is not wanted any more. */
export type CancelExportInput = {
  /** The copy, `exp_…`. */
  readonly exportId: string | number;
};

/** An order to cancel. */
export type CancelOrderInput = {
  /** The order. */
  readonly orderId: string | number;
  /** Why; it decides whether there is a fee. */
  readonly reason: CancellationReason;
  /** A string of your choice, 1 to 255 visible ASCII characters, that names this one intention: a repetition with the same input gets the first outcome again and changes nothing. */
  readonly idempotencyKey: string;
};

/** Why an order is cancelled; it decides whether there is a fee. */
export type CancellationReason =
  /** The customer ordered by mistake: the cancellation fee is due. */
  | 'CUSTOMER_ERROR'
  /** The service made the order twice: no fee. */
  | 'DUPLICATE'
  /** The service could not deliver: no fee. */
  | 'SERVICE_FAULT';

/** The present password and the new one. */
export type ChangePasswordInput = {
  /** The present password. */
  readonly currentPassword: string;
  /** The new one: 12 to 256 characters, without the login in it. */
  readonly password: string;
};

/** Who gets which role. */
export type ChangeRoleInput = {
  /** The person. */
  readonly personId: string | number;
  /** The new role. */
  readonly role: MemberRole;
};

/** Which request for an account's data was checked, and with which outcome. */
export type CheckLegalityInput = {
  /** The account whose data it is. */
  readonly accountId: string | number;
  /** The reference of the request, at most 200 characters. */
  readonly reference: string;
  /** Whether it is lawful. */
  readonly lawful: boolean;
};

/** What a report is. */
export type ClassifyComplaintInput = {
  /** The complaint, RECEIVED. */
  readonly caseId: string | number;
  /** What was found. */
  readonly finding: ComplaintFindingInput;
};

/** That the account shall be closed, knowing what is lost. */
export type CloseAccountInput = {
  /** The digest of `closurePreview`. */
  readonly acknowledgedLosses: string;
  /** A string of your choice, 1 to 255 visible ASCII characters, that names this one intention: a repetition with the same input gets the first outcome again and changes nothing. */
  readonly idempotencyKey: string;
};

/** Which ticket needs no more answer. */
export type CloseTicketInput = {
  /** The ticket, not CLOSED yet. */
  readonly ticketId: string | number;
};

/** What a complaint is about. */
export type ComplaintCategory =
  /** An unsolicited bulk message: both. */
  | 'SPAM'
  /** Unlawful, insulting or discriminatory content. */
  | 'CONTENT'
  /** Rights of others that are infringed. */
  | 'IP_RIGHTS';

/** What a proof has. */
export type ComplaintEvidenceKind =
  /** Date and time of the consent. */
  | 'CONSENT_TIME'
  /** The explicit consent to the subscription. */
  | 'SUBSCRIPTION_CONSENT'
  /** A relationship with the recipient as a customer that exists. */
  | 'CUSTOMER_RELATIONSHIP'
  /** Other evidence that the address was collected lawfully. */
  | 'OTHER_LAWFUL_COLLECTION';

/** What was found: of spam `unsolicited` and `bulk`, of other complaints `founded`. */
export type ComplaintFindingInput = {
  /** Whether the recipients gave no explicit permission. */
  readonly unsolicited?: boolean | null | undefined;
  /** Whether the same content went to several addresses or numbers. */
  readonly bulk?: boolean | null | undefined;
  /** Whether the message is what a complaint about content or rights says. */
  readonly founded?: boolean | null | undefined;
};

/** Why a proof or an appeal does not convince. */
export type ComplaintRejectionReason =
  /** It shows no consent. */
  | 'CONSENT_NOT_SHOWN'
  /** It shows the consent of another recipient, or to another sender. */
  | 'CONSENT_OF_ANOTHER'
  /** The addresses are of a purchased, rented or third party's list. */
  | 'LIST_NOT_OWN'
  /** The content is unlawful, insulting or discriminatory. */
  | 'CONTENT_UNLAWFUL'
  /** The message infringes rights of others. */
  | 'RIGHTS_INFRINGED'
  /** The appeal says nothing new. */
  | 'NOTHING_NEW'
  /** Another reason. */
  | 'OTHER';

/** Who opened a complaint. */
export type ComplaintSource =
  /** The company, which somebody complained to. */
  | 'STAFF'
  /** Somebody who received a message, by `reportAbuse`. */
  | 'REPORT'
  /** Too many of the recipients complained. */
  | 'AUTOMATIC';

/** Where a complaint is. */
export type ComplaintStatus =
  /** Nobody looked at it yet. For the staff only. */
  | 'RECEIVED'
  /** The message was not both unsolicited and bulk. Final. */
  | 'NOT_SPAM'
  /** The message is not what it says. Final. */
  | 'UNFOUNDED'
  /** The customer is asked for a proof; nothing is sent, and without one the account is closed. */
  | 'AWAITING_PROOF'
  /** The clock stands still; somebody of the company decides. */
  | 'PROOF_SUBMITTED'
  /** The proof convinced. Final. */
  | 'ACCEPTED'
  /** The proof did not convince, and the account was closed; it can be appealed against. */
  | 'REJECTED'
  /** There was no proof in time, and the account was closed; it can be appealed against. */
  | 'LAPSED'
  /** Somebody else of the company decides anew. */
  | 'APPEALED'
  /** The appeal did not convince. Final. */
  | 'UPHELD'
  /** The appeal convinced. Final. */
  | 'OVERTURNED';

/** What somebody of the company decides. */
export type ComplaintVerdict =
  /** The customer convinces. */
  | 'ACCEPT'
  /** The customer does not; a proof closes the account. */
  | 'REJECT';

/** The second factor that `signIn` asked for. */
export type CompleteSignInInput = {
  /** The `challenge` of `SecondFactorRequired`. */
  readonly challenge: string;
  /** The second factor. */
  readonly factor: SecondFactorInput;
  /** How the session token is kept. */
  readonly transport: Transport;
  /** The `deviceToken` of an earlier sign-in on this device, if there was one. */
  readonly deviceToken?: string | null | undefined;
};

/** Whether a clause is kept, as far as it was looked at. */
export type Compliance =
  /** Its check, or its attestation, is good. */
  | 'PASSED'
  /** Its check found a fault, or its attestation is overdue. */
  | 'FAILED'
  /** It has a check that never ran here. */
  | 'NOT_RUN'
  /** It is a statement that needs no proof. */
  | 'STATEMENT'
  /** This server does not enforce it yet. */
  | 'NOT_YET';

/** The present password. */
export type ConfirmPasswordInput = {
  /** The password of who is signed in. */
  readonly password: string;
};

/** One of one's second factors. */
export type ConfirmSecondFactorInput = {
  /** The second factor; a passkey answers the request of `startPasskeyProof`. */
  readonly factor: SecondFactorInput;
};

/** The payer's answer to a challenge. */
export type ConfirmTopUpInput = {
  /** The top-up whose `nextAction` is ENTER_CODE. */
  readonly topUpId: string | number;
  /** The code that the payer got, 4 to 12 letters and digits. */
  readonly code: string;
  /** A string of your choice, 1 to 255 visible ASCII characters, that names this one intention: a repetition with the same input gets the first outcome again and changes nothing. */
  readonly idempotencyKey: string;
};

/** What the authenticator application shows. */
export type ConfirmTotpInput = {
  /** The six digits. */
  readonly code: string;
};

/** One purpose. Consent is given to each by itself, and never with a document. */
export type ConsentInput = {
  /** Which purpose, as `purposesWithConsent` lists them. */
  readonly purpose: string;
};

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

/** A new campaign. */
export type CreateCampaignInput = {
  /** A name for the customer: one line of up to 120 characters. */
  readonly name: string;
  /** What is sent. */
  readonly message: CampaignMessageInput;
};

/** Which copy shall be fetched. */
export type CreateExportLinkInput = {
  /** The copy, `exp_…`. */
  readonly exportId: string | number;
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

/** What a credit pack contains. */
export type CreditUnit =
  /** E-mail credits. */
  | 'EMAIL'
  /** SMS credits. */
  | 'SMS';

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

/** By which right a copy is asked for. */
export type DataExportRight =
  /** To see what is held (article 15 GDPR). */
  | 'ACCESS'
  /** To take it elsewhere (article 20 GDPR). */
  | 'PORTABILITY';

/** Whose data is in a copy. */
export type DataExportScope =
  /** What is held of the person who asks, and no more. */
  | 'PERSON'
  /** What the account has, too. For its owners and administrators. */
  | 'ACCOUNT';

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

/** Who read an account's data without being of the account. */
export type DataReader =
  /** Somebody of the company's staff. */
  | 'STAFF'
  /** The reseller who manages the account. */
  | 'RESELLER';

/** Whether the customer convinces. */
export type DecideComplaintInput = {
  /** The complaint, PROOF_SUBMITTED or APPEALED. */
  readonly caseId: string | number;
  /** Whether they do. */
  readonly verdict: ComplaintVerdict;
  /** Why they do not; null when they do. */
  readonly reason?: ComplaintRejectionReason | null | undefined;
  /** A string of your choice, 1 to 255 visible ASCII characters, that names this one intention: a repetition with the same input gets the first outcome again and changes nothing. */
  readonly idempotencyKey: string;
};

/** Whether the customers are told of an incident, and why. */
export type DecideIncidentNoticeInput = {
  /** The incident, `inc_…`, not closed. */
  readonly incidentId: string | number;
  /** Whether they are told. That they are cannot be taken back. */
  readonly notify: boolean;
  /** Why, for the register; up to 2,000 characters. */
  readonly reason: string;
  /** Where they are not told of a risk: why they need not be. */
  readonly exemption?: IncidentExemption | null | undefined;
  /** What they are told, up to 2,000 characters: what happened, what may follow, what is done about it and whom to ask (GDPR article 34(2)). Needed where they are. */
  readonly message?: string | null | undefined;
};

/** What becomes of a submission. */
export type DecideSenderInput = {
  /** The sender. */
  readonly senderId: string | number;
  /** The submission that was looked at, from `senderReviews`. */
  readonly submissionId: string | number;
  /** Whether it may be used. */
  readonly decision: SenderVerdict;
  /** Where it may be used, among the countries that were requested; empty for a refusal. */
  readonly countries?: ReadonlyArray<string>;
  /** Why it is refused; null for an acceptance. */
  readonly reasonCode?: SenderRefusalReason | null | undefined;
  /** What the customer is told beside; one line of up to 500 characters. */
  readonly note?: string | null | undefined;
};

/** What the customer declares of a campaign's recipients. */
export type DeclareCampaignAudienceInput = {
  /** The campaign, a DRAFT. */
  readonly campaignId: string | number;
  /** Why the customer may write to them, by the law of the customer's country and theirs. */
  readonly lawfulBasis: LawfulBasis;
  /** Where their addresses come from. */
  readonly listSource: ListSource;
};

/** On which ground data is given to a third party. None is for selling. */
export type DisclosureGround =
  /** An authority asks for it by law. */
  | 'LEGAL_REQUEST'
  /** The law obliges the company. */
  | 'LEGAL_OBLIGATION'
  /** The account consented, and still does. */
  | 'CONSENT'
  /** The contract with the customer needs it. */
  | 'CONTRACT'
  /** The service cannot be delivered without it. */
  | 'DELIVERY'
  /** The customer authorised it. */
  | 'CLIENT_AUTHORISED'
  /** Against fraud, and for security. */
  | 'SECURITY_FRAUD'
  /** Operation needs connection information or the responsible person's name (M010). */
  | 'OPERATION'
  /** To enforce the company's policies. */
  | 'ENFORCE_POLICIES'
  /** To protect rights. */
  | 'PROTECT_RIGHTS'
  /** To protect property. */
  | 'PROTECT_PROPERTY'
  /** To protect safety. */
  | 'PROTECT_SAFETY';

/** How due work stands; each is in exactly one state. */
export type DueState =
  /** Its last attempt failed; it is tried again at `dueAt`. */
  | 'FAILING'
  /** Force majeure holds it up. */
  | 'PAUSED'
  /** It has been due for more than five minutes. */
  | 'LATE'
  /** It is due, and soon done. */
  | 'DUE'
  /** It is not due yet. */
  | 'SCHEDULED';

/** What an e-mail says. */
export type EmailMessageInput = {
  /** Its subject: one line of up to 200 characters. */
  readonly subject: string;
  /** Its text, up to 100,000 characters. */
  readonly text: string;
};

/** The check of a list of e-mail addresses, paid by the address. */
export type EmailVerificationInput = {
  /** How many addresses, 100 to 10,000,000. */
  readonly addresses: number;
  /** Whether to ask the receiving server for each mailbox, and not for the domain only. */
  readonly checkMailbox?: boolean;
  /** Your name for the list, at most 140 characters. */
  readonly listName?: string | null | undefined;
};

/** Which ticket needs no answer. */
export type EndTicketInput = {
  /** The ticket, not CLOSED yet. */
  readonly ticketId: string | number;
};

/** What an erasure takes. */
export type ErasureScope =
  /** All data, with all history, orders, top-ups and postings. */
  | 'EVERYTHING'
  /** All but amounts, dates and numbers of bills, which the law wants kept: they stay, under a pseudonym. */
  | 'ALL_EXCEPT_BILLING';

/** Where an erasure is. */
export type ErasureState =
  /** It begins when it is due. */
  | 'PLANNED'
  /** The owners are told, by e-mail too. */
  | 'NOTIFYING'
  /** Payments in flight come to their end. */
  | 'SETTLING'
  /** The keys are destroyed, or about to be: nobody can stop it. */
  | 'ERASING'
  /** It is done and certified. */
  | 'ERASED';

/** In which form a file is. */
export type ExportFormat =
  /** RFC 4180 in UTF-8. A text that could be taken for a formula has a ' in front. */
  | 'CSV'
  /** A workbook. No text becomes a formula. */
  | 'XLSX';

/** What is in a file. */
export type ExportKind =
  /** A row for each campaign of the account, with all that is counted of it. */
  | 'STATISTICS'
  /** A row for each step of time of a campaign. */
  | 'SERIES'
  /** A row for each link, domain, country, device and bounce code of a campaign. */
  | 'PARTS'
  /** A row for each uploaded recipient of a campaign, with the instants of their first events. */
  | 'RECIPIENTS'
  /** A row for each campaign of the account, with its texts and declarations. */
  | 'MESSAGES';

/** Which request, and why it takes longer. */
export type ExtendPrivacyRequestInput = {
  /** The request, open and verified. */
  readonly requestId: string | number;
  /** Why. The customer is told. */
  readonly reason: PrivacyExtensionReason;
};

/** Why this message was sent. */
export type FeedEventKind =
  /** The state when the subscription joined. */
  | 'SNAPSHOT'
  /** One change, with the next sequence. */
  | 'CHANGE'
  /** The history after the given sequence is gone (erased or pruned) or was never reached: start again from this state. */
  | 'RESET';

/** Which request is done, and what of it is not. */
export type FulfilPrivacyRequestInput = {
  /** The request, open and verified. */
  readonly requestId: string | number;
  /** Where it is done in part: on which legal ground the rest is not. */
  readonly ground?: RefusalGround | null | undefined;
  /** What the customer is told, up to 500 characters. */
  readonly answer?: string | null | undefined;
};

/** How somebody showed who they are. What they showed is not kept. */
export type IdentityProof =
  /** They were signed in. */
  | 'SESSION'
  /** They gave back what was sent to an address that is known to be theirs. */
  | 'CODE_TO_ADDRESS'
  /** They were called at a number that is known to be theirs. */
  | 'CALL_BACK'
  /** They showed a document. */
  | 'DOCUMENT';

/** By what affected accounts are found. */
export type IncidentCriterionInput =
  {   /** `true`: all customers of now. */
  readonly everyone: boolean; readonly heldCategory?: never; readonly signedIn?: never; }
  |  { readonly everyone?: never;   /** Of whom data of this category of the policy is held. */
  readonly heldCategory: string; readonly signedIn?: never; }
  |  { readonly everyone?: never; readonly heldCategory?: never;   /** Who signed in between two instants. */
  readonly signedIn: IncidentSignInsInput; };

/** What an entry of the register is. */
export type IncidentEntryKind =
  /** A state was reached. */
  | 'REACHED'
  /** A state was skipped, for the reason it says. */
  | 'SKIPPED'
  /** Something that is known or was done. */
  | 'NOTE'
  /** A corrective action. */
  | 'CORRECTION';

/** How what the staff enters became known. */
export type IncidentEntrySource =
  /** The staff noticed it, or was told. */
  | 'STAFF'
  /** By mail or letter to the company. */
  | 'MAIL';

/** Why customers need not be told of a risk (GDPR article 34(3)). */
export type IncidentExemption =
  /** Nobody can read the data: it was encrypted. */
  | 'UNINTELLIGIBLE'
  /** What was done since makes the risk unlikely. */
  | 'RISK_AVERTED'
  /** It would take too much; the public is told instead. */
  | 'DISPROPORTIONATE';

/** What an incident needs before it goes on. */
export type IncidentLack =
  /** Categories, people and risk (H022). */
  | 'ASSESSMENT'
  /** At least one affected account (H022). */
  | 'ACCOUNTS'
  /** The criterion is still being applied; wait until `criterion.appliedAt`. */
  | 'SCAN'
  /** The notice to the authority (GDPR article 33). */
  | 'AUTHORITY_NOTICE'
  /** Whether customers are told, and why (H023). */
  | 'DECISION'
  /** They are still being told; wait until `decision.toldAt`. */
  | 'CUSTOMERS_TOLD'
  /** A corrective action (H024). */
  | 'CORRECTION';

/** What the staff writes into the register. */
export type IncidentNoteKind =
  /** Something that is known or was done. */
  | 'NOTE'
  /** A corrective action: there is one before an incident is closed (H024). */
  | 'CORRECTION';

/** What an incident may mean for people. */
export type IncidentRisk =
  /** A risk is unlikely: the authority need not be told (GDPR article 33(1)). */
  | 'NONE'
  /** There is a risk to their rights and freedoms. */
  | 'RISK'
  /** The risk is high (GDPR article 34(1)). */
  | 'HIGH_RISK';

/** Two instants. */
export type IncidentSignInsInput = {
  /** From this instant on, of which sign-ins are still kept. */
  readonly since: string;
  /** Before this instant. */
  readonly until: string;
};

/** How an incident became known. */
export type IncidentSource =
  /** The staff noticed it, or was told. */
  | 'STAFF'
  /** By mail or letter to the company. */
  | 'MAIL'
  /** A customer reported a compromise. */
  | 'REPORT';

/** Where an incident is, in this order. */
export type IncidentState =
  /** It is in the register, and its clock runs. */
  | 'REPORTED'
  /** Somebody looks into it. */
  | 'INVESTIGATING'
  /** What is affected, and the risk, is judged. */
  | 'ASSESSED'
  /** It does no more harm. */
  | 'MITIGATED'
  /** Who had to be told of it was told. */
  | 'NOTIFIED'
  /** It will not happen again in the same way. */
  | 'CORRECTED'
  /** Nothing about it changes any more. Final. */
  | 'CLOSED';

/** What a customer's business is. */
export type Industry =
  /** Schools, courses, research. */
  | 'EDUCATION'
  /** Banks, insurance, accounting. */
  | 'FINANCE'
  /** Health care, without the sale of medicines. */
  | 'HEALTH'
  /** Making goods. */
  | 'MANUFACTURING'
  /** Press, publishing, entertainment. */
  | 'MEDIA'
  /** Associations and charities. */
  | 'NON_PROFIT'
  /** Administrations. */
  | 'PUBLIC_SECTOR'
  /** Selling goods. */
  | 'RETAIL'
  /** Services to people and businesses. */
  | 'SERVICES'
  /** Software, hardware, telecommunication. */
  | 'TECHNOLOGY'
  /** Tourism, transport, hotels. */
  | 'TRAVEL'
  /** None of the others. */
  | 'OTHER'
  /** Trading in and speculating on stocks; not served. */
  | 'STOCK_SPECULATION'
  /** Betting; not served. */
  | 'BETTING'
  /** Casinos; not served. */
  | 'CASINO'
  /** Pornography; not served. */
  | 'PORNOGRAPHY'
  /** Escort services; not served. */
  | 'ESCORT'
  /** Selling medicines; not served. */
  | 'PHARMACEUTICAL_SALES'
  /** Clairvoyance; not served. */
  | 'CLAIRVOYANCE'
  /** Esoteric sciences and astrology; not served. */
  | 'ESOTERIC'
  /** Offers of earnings from home; not served. */
  | 'WORK_FROM_HOME_EARNINGS';

/** Who is invited, and as what. */
export type InviteMemberInput = {
  /** What they will be allowed to do. */
  readonly role: MemberRole;
  /** Where the invitation is sent; null to get its secret and hand it on oneself. */
  readonly email?: string | null | undefined;
};

/** What a document is. */
export type InvoiceKind =
  /** It bills what was paid. */
  | 'INVOICE'
  /** It takes an invoice back, in whole or in part. */
  | 'CREDIT_NOTE'
  /** It confirms money that came in, or with `corrects` that went again; no tax. */
  | 'RECEIPT';

/** Extra seats to keep. */
export type KeepSeatsInput = {
  /** The purchase, `pls_…`. */
  readonly seatsId: string | number;
};

/** Which campaign is launched. */
export type LaunchCampaignInput = {
  /** The campaign, DRAFT or SCHEDULED. */
  readonly campaignId: string | number;
  /** A string of your choice, 1 to 255 visible ASCII characters, that names this one intention: a repetition with the same input gets the first outcome again and changes nothing. */
  readonly idempotencyKey: string;
};

/** Why the customer may write to these people. */
export type LawfulBasis =
  /** They agreed (GDPR article 6(1)(a)). */
  | 'CONSENT'
  /** They are customers, told of similar products (Directive 2002/58/EC, article 13(2)). */
  | 'EXISTING_CUSTOMER'
  /** The messages perform a contract with them (GDPR article 6(1)(b)). */
  | 'CONTRACT'
  /** A law asks for the messages (GDPR article 6(1)(c)). */
  | 'LEGAL_OBLIGATION'
  /** A legitimate interest (GDPR article 6(1)(f)). */
  | 'LEGITIMATE_INTEREST';

/** Which restriction or objection. */
export type LiftRestrictionInput = {
  /** The restriction, `rst_…`. */
  readonly restrictionId: string | number;
};

/** Where the addresses of a campaign come from. */
export type ListSource =
  /** They subscribed with the customer. */
  | 'OWN_SUBSCRIBERS'
  /** They bought from the customer. */
  | 'OWN_CUSTOMERS'
  /** They are members, staff or pupils. */
  | 'OWN_MEMBERS'
  /** They came to an event of the customer. */
  | 'OWN_EVENTS'
  /** A bought list; refused. */
  | 'PURCHASED'
  /** A rented list; refused. */
  | 'RENTED'
  /** A list of somebody else; refused. */
  | 'THIRD_PARTY';

/** What is lost by closing an account. */
export type LossKind =
  /** Credits that were not used. */
  | 'CREDITS'
  /** Money in a balance; it is not refunded. */
  | 'MONEY'
  /** A payment on its way; what arrives later cannot be used. */
  | 'PAYMENT_IN_FLIGHT'
  /** The units of a paid order that are not done. */
  | 'ORDER'
  /** The rest of a plan's paid period. */
  | 'PLAN'
  /** An accepted sender ID. */
  | 'SENDER_ID'
  /** A rented IP address. */
  | 'DEDICATED_IP';

/** What a person may do for a customer's account. */
export type MemberRole =
  /** Everything. */
  | 'OWNER'
  /** Everything but giving and taking the role of an owner. */
  | 'ADMIN'
  /** Read and change the account, top up, and order. */
  | 'BILLING'
  /** Read balances, postings, top-ups and orders. */
  | 'ANALYST'
  /** Order, record usage, and make API keys for that. */
  | 'DEVELOPER'
  /** Read balances and orders. */
  | 'VIEWER';

/** Of which characters the values of a merge field are. */
export type MergeAlphabet =
  /** Of the GSM alphabet without its extension. */
  | 'GSM_BASIC'
  /** Of the GSM alphabet; a character of its extension costs two. */
  | 'GSM'
  /** Any characters; the message may need UCS-2. */
  | 'UNICODE';

/** A place in the text that the sending engine fills for each recipient. */
export type MergeFieldInput = {
  /** Small letters, digits and underscores; the text has it as {{name}}. */
  readonly name: string;
  /** The longest value, in characters: 1 to 160. */
  readonly lengthMax: number;
  /** Of which characters the values are. What is promised here decides the quote. */
  readonly alphabet?: MergeAlphabet;
};

/** How messages reach their recipients. */
export type MessageChannel =
  /** By e-mail, paid in EMAIL credits. */
  | 'EMAIL'
  /** By SMS, paid in SMS credits. */
  | 'SMS';

/** What is paid with money by the unit. */
export type MeteredProductCode =
  /** Whether an e-mail address can receive mail. */
  | 'EMAIL_VERIFICATION'
  /** Which carrier a telephone number belongs to. */
  | 'NUMBER_LOOKUP';

/** An exact amount of money in one currency. */
export type MoneyInput = {
  /** In whole units of the currency, as a string: "10.50". More decimals than it has are refused. */
  readonly amount: string;
  /** The currency. */
  readonly currency: Currency;
};

/** Where an incident goes on to. */
export type MoveIncidentInput = {
  /** The incident, `inc_…`, not closed. */
  readonly incidentId: string | number;
  /** A later state. */
  readonly to: IncidentState;
  /** Why the states in between are skipped, up to 2,000 characters; needed where there are any. */
  readonly skipReason?: string | null | undefined;
};

/** Which accounts an incident affects, and which not after all. */
export type NameIncidentAccountsInput = {
  /** The incident, `inc_…`, not closed. */
  readonly incidentId: string | number;
  /** Accounts that it affects; at most 100 at once. */
  readonly add?: ReadonlyArray<string | number>;
  /** Accounts that it does not affect, which were not told yet; at most 100. */
  readonly remove?: ReadonlyArray<string | number>;
};

/** What is written about an incident. */
export type NoteIncidentInput = {
  /** The incident, `inc_…`, not closed. */
  readonly incidentId: string | number;
  /** A note, or a corrective action. */
  readonly kind: IncidentNoteKind;
  /** What is written, up to 2,000 characters. */
  readonly text: string;
};

/** What a notice is about. */
export type NoticeKind =
  /** The bank or the card holder took a payment back. */
  | 'TOPUP_REVERSED'
  /** The bank gave back what it had taken of a payment. */
  | 'TOPUP_REINSTATED'
  /** A payment did not go through. */
  | 'TOPUP_FAILED'
  /** Something that was paid is invoiced. */
  | 'INVOICE_ISSUED'
  /** An invoice was taken back, in whole or in part. */
  | 'CREDIT_NOTE_ISSUED'
  /** A payment, or a part of it, was given back. */
  | 'TOPUP_REFUNDED'
  /** A saved card expires soon. */
  | 'PAYMENT_METHOD_EXPIRING'
  /** A saved card has expired. */
  | 'PAYMENT_METHOD_EXPIRED'
  /** Somebody signed in. */
  | 'NEW_SIGN_IN'
  /** So many attempts to sign in failed that the next ones have to wait. */
  | 'SIGN_IN_BLOCKED'
  /** A second factor was set up. */
  | 'SECOND_FACTOR_ADDED'
  /** A second factor was removed. */
  | 'SECOND_FACTOR_REMOVED'
  /** A recovery code was used as second factor. */
  | 'RECOVERY_CODE_USED'
  /** A member reported that somebody else may act for the account. */
  | 'COMPROMISE_REPORTED'
  /** A reseller offers to manage the account. */
  | 'MANAGEMENT_OFFERED'
  /** A reseller manages the account from now on. */
  | 'MANAGEMENT_ACCEPTED'
  /** A reseller manages the account no more, or its offer ended. */
  | 'MANAGEMENT_ENDED'
  /** A password was changed. */
  | 'PASSWORD_CHANGED'
  /** An API key was made. */
  | 'API_KEY_CREATED'
  /** An e-mail asks to confirm an address. */
  | 'EMAIL_VERIFICATION'
  /** Somebody asked to reset a password. */
  | 'PASSWORD_RESET'
  /** Somebody is invited to the account. */
  | 'TEAM_INVITATION'
  /** A person's address was replaced. */
  | 'EMAIL_CHANGED'
  /** A new password was set without the old one. */
  | 'PASSWORD_WAS_RESET'
  /** New recovery codes were made; earlier ones are of no use. */
  | 'RECOVERY_CODES_CREATED'
  /** Somebody accepted an invitation. */
  | 'MEMBER_JOINED'
  /** A member has another role. */
  | 'MEMBER_ROLE_CHANGED'
  /** A member was removed. */
  | 'MEMBER_REMOVED'
  /** The VAT number was not found, and taken off the account. */
  | 'VAT_NUMBER_REFUSED'
  /** A balance was topped up automatically. */
  | 'AUTO_TOP_UP_DONE'
  /** An automatic top-up failed, and is tried again. */
  | 'AUTO_TOP_UP_FAILED'
  /** A balance is no longer topped up automatically. */
  | 'AUTO_TOP_UP_SUSPENDED'
  /** A plan was paid, and has begun. */
  | 'PLAN_STARTED'
  /** The next cycle of the plan will be charged soon. */
  | 'PLAN_RENEWAL_SOON'
  /** The next cycle of the plan was paid. */
  | 'PLAN_RENEWED'
  /** The card was not charged for the plan; it is asked again. */
  | 'PLAN_RENEWAL_FAILED'
  /** The plan ends with its cycle: there is no valid card, or a payment was taken back. */
  | 'PLAN_RENEWAL_OFF'
  /** The plan was cancelled, and ends with its cycle. */
  | 'PLAN_CANCELLED'
  /** A cancelled plan has ended. */
  | 'PLAN_ENDED'
  /** The plan was not paid any more. */
  | 'PLAN_LAPSED'
  /** The account's plan will cost something else. */
  | 'PLAN_PRICE_CHANGED'
  /** The account's extra seats will cost something else. */
  | 'SEATS_PRICE_CHANGED'
  /** The account's dedicated IP address will cost something else. */
  | 'FIXED_IP_PRICE_CHANGED'
  /** The card was not charged for extra seats; it is asked again. */
  | 'SEATS_RENEWAL_FAILED'
  /** Extra seats were not paid any more. */
  | 'SEATS_LAPSED'
  /** A member leaves with the end of the cycle. */
  | 'MEMBER_WITHDRAWAL_PLANNED'
  /** A sender ID may be used. */
  | 'SENDER_ACCEPTED'
  /** A sender ID may not be used. */
  | 'SENDER_REFUSED'
  /** A campaign was sent. */
  | 'CAMPAIGN_COMPLETED'
  /** A campaign could not be launched, or nothing of it was sent. */
  | 'CAMPAIGN_FAILED'
  /** A campaign may not be sent for now. */
  | 'CAMPAIGN_PAUSED'
  /** A fixed IP address will be taken back for misuse. */
  | 'FIXED_IP_MISUSE'
  /** A fixed IP address was removed. */
  | 'FIXED_IP_REMOVED'
  /** The company suspended the account. */
  | 'ACCOUNT_SUSPENDED'
  /** Nothing was sent for a while; the account needs reactivation. */
  | 'ACCOUNT_DISABLED'
  /** The account was not used for long; it needs reactivation. */
  | 'ACCOUNT_DEACTIVATED'
  /** The account is active again. */
  | 'ACCOUNT_REACTIVATED'
  /** Without a sign-in or a payment credits will be lost. */
  | 'ACCOUNT_INACTIVITY_WARNING'
  /** The account was closed. */
  | 'ACCOUNT_CLOSED'
  /** Everything about the account is being erased. */
  | 'ACCOUNT_ERASED'
  /** A proof of consent is asked for, by a deadline. */
  | 'COMPLAINT_OPENED'
  /** Many of the recipients complain. */
  | 'COMPLAINT_RATE_WARNING'
  /** The proof convinced. */
  | 'COMPLAINT_ACCEPTED'
  /** The account was closed for a complaint. */
  | 'COMPLAINT_CLOSED'
  /** The appeal arrived. */
  | 'COMPLAINT_APPEALED'
  /** The appeal was refused. */
  | 'COMPLAINT_UPHELD'
  /** The appeal convinced. */
  | 'COMPLAINT_OVERTURNED'
  /** The policy has a new version. */
  | 'POLICY_CHANGED'
  /** A version of the policy was refused; the account closes. */
  | 'POLICY_REFUSED'
  /** Something in the API is deprecated, or breaks what integrations do. */
  | 'API_CHANGED'
  /** Data will be given to another kind of recipient. */
  | 'RECIPIENT_ANNOUNCED'
  /** A code for a recipient who asks about their data; e-mail only. */
  | 'RECIPIENT_REQUEST_CODE'
  /** A copy of data that somebody asked for can be fetched. */
  | 'DATA_EXPORT_READY'
  /** A recipient asks about their data; answer by the due date. */
  | 'RECIPIENT_REQUEST_RELAYED'
  /** The due date of a recipient's request is near. */
  | 'RECIPIENT_REQUEST_REMINDER'
  /** A recipient's request was not answered in time. */
  | 'RECIPIENT_REQUEST_ESCALATED'
  /** A customer did not answer a recipient. For the staff. */
  | 'RECIPIENT_REQUEST_OVERDUE'
  /** Tells a recipient that it was done; e-mail only. */
  | 'RECIPIENT_REQUEST_DONE'
  /** Tells a recipient that nothing is held; e-mail only. */
  | 'RECIPIENT_REQUEST_NOTHING_HELD'
  /** Tells a recipient of a refusal and why; e-mail only. */
  | 'RECIPIENT_REQUEST_REFUSED'
  /** Tells a recipient that there was no answer; e-mail only. */
  | 'RECIPIENT_REQUEST_CLOSED'
  /** A request about the account's data waits for a proof of identity. */
  | 'PRIVACY_REQUEST_ENTERED'
  /** A request about the account's data is answered by a due date. */
  | 'PRIVACY_REQUEST_RECEIVED'
  /** The due date of a request was moved, for it is complex. */
  | 'PRIVACY_REQUEST_EXTENDED'
  /** The due date of a request was moved, for there are many of them. */
  | 'PRIVACY_REQUEST_EXTENDED_MANY'
  /** What was asked about the account's data is done. */
  | 'PRIVACY_REQUEST_FULFILLED'
  /** It is done as far as the law allows. */
  | 'PRIVACY_REQUEST_PARTLY_FULFILLED'
  /** A request was refused on a legal ground. */
  | 'PRIVACY_REQUEST_REFUSED'
  /** The due date of a customer's request is near. For the staff. */
  | 'PRIVACY_REQUEST_REMINDER'
  /** A customer's request was not answered in time. For the staff. */
  | 'PRIVACY_REQUEST_OVERDUE'
  /** The postal address of the account was changed. */
  | 'DATA_CORRECTED'
  /** The receipt of a defect that was reported. */
  | 'DEFECT_RECEIVED'
  /** Support answered a ticket. */
  | 'TICKET_ANSWERED'
  /** A code goes to whoever uses the contact form; by e-mail only. */
  | 'CONTACT_CODE'
  /** Support answers somebody who has no account; by e-mail only. */
  | 'CONTACT_ANSWERED'
  /** Data of the account is affected by an incident. */
  | 'INCIDENT_AFFECTS_YOU'
  /** An incident was entered into the register. For the staff. */
  | 'INCIDENT_OPENED'
  /** The authority has to be told of an incident within a day. For the staff. */
  | 'INCIDENT_REMINDER'
  /** The authority was not told of an incident in time. For the staff. */
  | 'INCIDENT_OVERDUE';

/** The look-up of the carriers of telephone numbers, paid by the number. */
export type NumberLookupInput = {
  /** How many numbers, 100 to 10,000,000. */
  readonly numbers: number;
  /** Their country, as two letters of ISO 3166-1. */
  readonly country: string;
};

/** What is known of an incident at first. */
export type OpenIncidentInput = {
  /** What happened. */
  readonly kind: SecurityReportKind;
  /** How it became known. */
  readonly source: IncidentEntrySource;
  /** When it became known, at most 365 days ago: the 72 hours run from then. */
  readonly knownAt: string;
  /** When it happened; null when that is unknown. */
  readonly occurredAt?: string | null | undefined;
  /** What is known, up to 2,000 characters. */
  readonly summary: string;
  /** The Message-ID of the mail, up to 254 characters; null without. */
  readonly messageId?: string | null | undefined;
  /** Affected accounts, as far as known; at most 100. */
  readonly accountIds?: ReadonlyArray<string | number>;
};

/** What is asked of support. */
export type OpenTicketInput = {
  /** What it is about, up to 120 characters. */
  readonly subject: string;
  /** What you write, up to 2,000 characters, in as many lines as you like. */
  readonly text: string;
};

/** What happened to an order. */
export type OrderChange =
  /** It was registered and waits for its payment. */
  | 'PLACED'
  /** It was paid. */
  | 'ACTIVATED'
  /** Some of its units were done. */
  | 'PROGRESSED'
  /** The last of its units were done. */
  | 'COMPLETED'
  /** It was cancelled. */
  | 'CANCELLED';

/** What to order: exactly one of these. */
export type OrderItemInput =
  {   /** Packs of e-mail or SMS credits. */
  readonly creditPack: CreditPackInput; readonly emailVerification?: never; readonly numberLookup?: never; }
  |  { readonly creditPack?: never;   /** The check of a list of e-mail addresses. */
  readonly emailVerification: EmailVerificationInput; readonly numberLookup?: never; }
  |  { readonly creditPack?: never; readonly emailVerification?: never;   /** The look-up of telephone numbers. */
  readonly numberLookup: NumberLookupInput; };

/** Where an order is. The last two are final. */
export type OrderStatus =
  /** It waits for its payment. */
  | 'PENDING'
  /** It is paid: credits are in the wallet, a job is being done. */
  | 'ACTIVE'
  /** All units of a metered order are done. */
  | 'COMPLETED'
  /** It was cancelled before use, and refunded less the fee. */
  | 'CANCELLED';

/** What `navigator.credentials.get` gave, as `toJSON` writes it: every part in base64url. */
export type PasskeyAnswerInput = {
  /** The `token` of the request that this answers. */
  readonly challenge: string;
  /** `id`. */
  readonly credentialId: string;
  /** `response.clientDataJSON`. */
  readonly clientDataJson: string;
  /** `response.authenticatorData`. */
  readonly authenticatorData: string;
  /** `response.signature`. */
  readonly signature: string;
};

/** Which campaign is paused. */
export type PauseCampaignInput = {
  /** The campaign, SENDING. */
  readonly campaignId: string | number;
};

/** Why a campaign is paused. */
export type PauseReason =
  /** The customer paused it. */
  | 'CUSTOMER'
  /** The account was suspended, disabled or deactivated, or lets nothing be sent. */
  | 'ACCOUNT_RESTRICTED'
  /** A complaint is being looked into. */
  | 'COMPLAINT';

/** What to charge: exactly one of these. */
export type PaymentInput =
  {   /** A token that a gateway made for a payment method; see `sandboxTokens`. Never a card number. It is forgotten once the outcome is known. */
  readonly token: string; readonly methodId?: never; }
  |  { readonly token?: never;   /** A payment method that the account has saved. */
  readonly methodId: string | number; };

/** Why a payment method was not saved. */
export type PaymentMethodFailureCode =
  /** The payer's bank said no. */
  | 'DECLINED'
  /** The card had expired already. */
  | 'CARD_EXPIRED'
  /** Too many wrong codes. */
  | 'STEP_UP_FAILED'
  /** Nobody entered the code in time. */
  | 'STEP_UP_EXPIRED'
  /** The payment token was erased before it could be used. */
  | 'TOKEN_GONE'
  /** The gateway did not answer, however often it was asked. */
  | 'GATEWAY_SILENT';

/** Why a payment method is kept. */
export type PaymentMethodPurpose =
  /** To pay again without typing anything. */
  | 'ONE_CLICK'
  /** For automatic top-ups. */
  | 'AUTO_TOP_UP'
  /** For the renewals of a plan. */
  | 'PLAN';

/** Where a payment method is. */
export type PaymentMethodStatus =
  /** The gateway is being asked to keep it, or waits for `nextAction`. */
  | 'PENDING'
  /** It can be charged. */
  | 'ACTIVE'
  /** It was not saved. Final. */
  | 'FAILED'
  /** Its card has expired. Save the new one. */
  | 'EXPIRED'
  /** It was removed. Final. */
  | 'REMOVED';

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

/** How long one cycle is, by the calendar in UTC. */
export type PlanCycle =
  /** One month; a short month gives its last day. */
  | 'MONTHLY'
  /** One year. */
  | 'YEARLY';

/** Where a plan, or a purchase of extra seats, is. */
export type PlanStatus =
  /** The account has the free plan, which does not end. */
  | 'FREE'
  /** The first payment is awaited; nothing has begun. */
  | 'PENDING_PAYMENT'
  /** It is paid, and renews. */
  | 'ACTIVE'
  /** It is paid, and ends with its cycle. */
  | 'CANCELLING'
  /** The customer cancelled it, and its last cycle is over. */
  | 'ENDED'
  /** It was not paid any more. */
  | 'LAPSED'
  /** The first payment did not come: it never began. */
  | 'FAILED';

/** How a clause of the policy is kept. */
export type PolicyClauseState =
  /** The server enforces it. */
  | 'ENFORCED'
  /** The company attests it, and reviews that. */
  | 'ATTESTED'
  /** It is a statement that needs no enforcement. */
  | 'TEXT'
  /** This server does not enforce it yet. */
  | 'NOT_YET';

/** A version of a document, as `policyInForce` names it. */
export type PolicyVersionInput = {
  /** Which document. */
  readonly document: string;
  /** Which version of it. */
  readonly version: string;
  /** The language in which it was shown, two small letters; null when not known. */
  readonly language?: string | null | undefined;
};

/** Where the account's letters go. Each line has at most 120 characters. */
export type PostalAddressInput = {
  /** The name of the person or company. */
  readonly name: string;
  /** The street, without the number. */
  readonly street: string;
  /** The number in the street. */
  readonly number: string;
  /** The postal code; empty where there are none. */
  readonly postalCode: string;
  /** The town. */
  readonly city: string;
  /** Two upper-case letters of ISO 3166-1, such as CH. */
  readonly country: string;
};

/** Why a wallet changed. */
export type PostingKind =
  /** A payment was credited. */
  | 'TOP_UP'
  /** A payment, or a part of it, was charged back. */
  | 'TOP_UP_REVERSED'
  /** What was charged back came back: a dispute was won. */
  | 'TOP_UP_REINSTATED'
  /** A part of a payment was given back. */
  | 'TOP_UP_REFUNDED'
  /** What was to be given back came back. */
  | 'TOP_UP_REFUND_FAILED'
  /** An order was paid. */
  | 'ORDER'
  /** The credits that an order bought. */
  | 'ORDER_CREDITS'
  /** A cancelled order was undone. */
  | 'ORDER_CANCELLED'
  /** The fee of a cancellation. */
  | 'CANCELLATION_FEE'
  /** A cycle of a plan, or of extra seats, was paid. */
  | 'PLAN'
  /** The tax on what was bought. */
  | 'TAX'
  /** Tax came back with what was undone. */
  | 'TAX_REFUNDED'
  /** The service was used. */
  | 'USAGE'
  /** Charged usage was given back. */
  | 'USAGE_REFUNDED'
  /** A quantity was set aside. */
  | 'HOLD_PLACED'
  /** A part of a hold was spent. */
  | 'HOLD_CAPTURED'
  /** What was left of a hold came back. */
  | 'HOLD_RELEASED'
  /** A hold's time ended; it came back. */
  | 'HOLD_EXPIRED'
  /** The balance was lost by the terms. */
  | 'FORFEITED'
  /** What was lost was given back, because the reason for it fell away. */
  | 'FORFEIT_RETURNED'
  /** Staff corrected the balance. */
  | 'ADJUSTMENT';

/** Why more time is needed (GDPR article 12(3)). */
export type PrivacyExtensionReason =
  /** The request is complex. */
  | 'COMPLEXITY'
  /** There are many of them. */
  | 'NUMBER_OF_REQUESTS';

/** Which open case keeps a request from being done. */
export type PrivacyHoldGround =
  /** A complaint about what was sent. */
  | 'COMPLAINT'
  /** An incident that is being looked into. */
  | 'INCIDENT'
  /** A request of an authority. */
  | 'LEGAL_REQUEST';

/** What a customer asks about their data. */
export type PrivacyRequestKind =
  /** A copy of what is held (GDPR article 15). */
  | 'ACCESS'
  /** That it is corrected (article 16). */
  | 'RECTIFICATION'
  /** That it is deleted (article 17). */
  | 'ERASURE'
  /** That it is stored and not used, for some purposes or all (article 18). */
  | 'RESTRICTION'
  /** That it can be taken elsewhere (article 20). */
  | 'PORTABILITY'
  /** That it is not used, for some purposes or all (article 21). */
  | 'OBJECTION'
  /** That a consent holds no longer (article 7(3)). */
  | 'CONSENT_WITHDRAWAL'
  /** That somebody looks at a concern. */
  | 'CONCERN';

/** How a request came. */
export type PrivacyRequestSource =
  /** By somebody who was signed in. */
  | 'SELF'
  /** It was told to the staff. */
  | 'STAFF'
  /** By mail or letter to the company. */
  | 'MAIL'
  /** It was written to support. */
  | 'TICKET'
  /** By closing the account. */
  | 'CLOSURE'
  /** By a report that the data is of a minor. */
  | 'REPORT';

/** Where a request is. */
export type PrivacyRequestState =
  /** Nobody showed yet who they are; nothing is done before. */
  | 'UNVERIFIED'
  /** It is to be done. */
  | 'RECEIVED'
  /** It is being done. */
  | 'IN_PROGRESS'
  /** An open case keeps it from being done. */
  | 'HELD'
  /** It is done. Final. */
  | 'FULFILLED'
  /** It is done as far as the law allows. Final. */
  | 'PARTLY_FULFILLED'
  /** It was refused on a legal ground. Final. */
  | 'REFUSED'
  /** Who asked asks no more. Final. */
  | 'WITHDRAWN'
  /** Nobody showed in time who they are. Final. */
  | 'LAPSED';

/** By which right processing was stopped. */
export type ProcessingRight =
  /** The right to restriction (GDPR article 18): data is stored, and not used. */
  | 'RESTRICTION'
  /** The right to object (article 21). */
  | 'OBJECTION';

/** What to quote. */
export type QuoteOrderInput = {
  /** What would be ordered. */
  readonly item: OrderItemInput;
  /** From which balance it would be paid. */
  readonly currency: Currency;
};

/** What somebody should look at. */
export type RaiseConcernInput = {
  /** The concern, up to 2,000 characters. */
  readonly text: string;
};

/** What kind of third party somebody is. None is for marketing. */
export type RecipientClass =
  /** A government authority. */
  | 'AUTHORITY'
  /** Takes payments. */
  | 'PAYMENT_PROVIDER'
  /** Carries messages. */
  | 'CARRIER'
  /** Runs machines or networks. */
  | 'INFRASTRUCTURE'
  /** A delivery network or firewall. */
  | 'DELIVERY_NETWORK'
  /** Analyses usage. */
  | 'ANALYTICS'
  /** Runs a model of artificial intelligence. */
  | 'AI_PROVIDER'
  /** Advises the company, such as a lawyer. */
  | 'ADVISER'
  /** Helps to operate the service. */
  | 'OPERATING_PARTNER';

/** To whom data of an account is given, and on which ground. */
export type RecordDisclosureInput = {
  /** The account whose data it is. */
  readonly accountId: string | number;
  /** On which ground; the policy's list is closed. */
  readonly ground: DisclosureGround;
  /** Who gets it, at most 200 characters. */
  readonly recipient: string;
  /** What kind of third party that is. */
  readonly recipientClass: RecipientClass;
  /** Which categories of data, as the policy lists them. */
  readonly categories: ReadonlyArray<string>;
  /** Which authority asks, at most 200 characters. */
  readonly authority?: string | null | undefined;
  /** By which law, at most 200 characters. */
  readonly legalBasis?: string | null | undefined;
  /** The reference of the request, at most 200 characters. */
  readonly reference?: string | null | undefined;
  /** The check that found a legal request lawful. */
  readonly legalityCheckId?: string | number | null | undefined;
  /** The account's consent, which must still be given. */
  readonly consentId?: string | number | null | undefined;
  /** The registered processor that gets it, if it is one. */
  readonly processorId?: string | number | null | undefined;
};

/** That the authority was told of an incident. */
export type RecordIncidentAuthorityNoticeInput = {
  /** The incident, `inc_…`, not closed. */
  readonly incidentId: string | number;
  /** Which authority, up to 200 characters. */
  readonly authority: string;
  /** Under which reference, up to 200 characters. */
  readonly reference: string;
  /** When it was told. */
  readonly notifiedAt: string;
  /** Why that was after the due date, up to 2,000 characters; needed then. */
  readonly delayReason?: string | null | undefined;
};

/** Why the law lets a request be refused; the articles are those of the GDPR. */
export type RefusalGround =
  /** The person cannot be identified in the data (11(2)); any kind. */
  | 'NOT_IDENTIFIED'
  /** It is manifestly unfounded (12(5)); any kind. */
  | 'MANIFESTLY_UNFOUNDED'
  /** It is excessive, such as repetitive (12(5)); any kind. */
  | 'EXCESSIVE'
  /** A copy would harm others (15(4), 20(4)); ACCESS, PORTABILITY. */
  | 'RIGHTS_OF_OTHERS'
  /** The data is accurate and complete (16); RECTIFICATION. */
  | 'DATA_ACCURATE'
  /** Freedom of expression and information (17(3)(a)); ERASURE. */
  | 'FREE_EXPRESSION'
  /** A law obliges to keep the data (17(3)(b)); ERASURE. */
  | 'LEGAL_OBLIGATION'
  /** Legal claims need the data (17(3)(e), 21(1)); ERASURE, OBJECTION. */
  | 'LEGAL_CLAIMS'
  /** Compelling legitimate grounds override (21(1)); OBJECTION. Messages stop all the same. */
  | 'COMPELLING_GROUNDS'
  /** None of the cases of restriction is there (18(1)); RESTRICTION. */
  | 'NO_CASE_OF_RESTRICTION';

/** Which request is refused, and why. */
export type RefusePrivacyRequestInput = {
  /** The request, which is open. */
  readonly requestId: string | number;
  /** On which legal ground; one of its kind (P028). */
  readonly ground: RefusalGround;
  /** Why, for the customer; up to 500 characters. */
  readonly answer: string;
};

/** What is needed to open an account. No name, e-mail address or number is asked for. */
export type RegisterInput = {
  /** 3 to 64 letters a to z, digits and . _ + @ -, in any case. */
  readonly login: string;
  /** 12 to 256 characters, without the login in it. */
  readonly password: string;
  /** The policy that the person agrees to; it must be the version in force. */
  readonly acceptedPolicy?: PolicyVersionInput | null | undefined;
  /** The country of residence, two upper-case letters of ISO 3166-1. It may be set later. */
  readonly country?: string | null | undefined;
  /** What the customer's business is. Some are not served. */
  readonly industry?: Industry | null | undefined;
  /** The declaration that the service is used professionally. */
  readonly professionalUse?: boolean;
  /** What the person says of their age; the terms say whether something must be said. */
  readonly age?: AgeInput | null | undefined;
};

/** What `navigator.credentials.create` gave, and what to call the new passkey. */
export type RegisterPasskeyInput = {
  /** The `token` of the request that this answers. */
  readonly challenge: string;
  /** What to call it, 1 to 80 characters. */
  readonly name: string;
  /** `id`, in base64url. */
  readonly credentialId: string;
  /** `response.clientDataJSON`, in base64url. */
  readonly clientDataJson: string;
  /** `response.attestationObject`, in base64url. */
  readonly attestationObject: string;
};

/** Who leaves the account. */
export type RemoveMemberInput = {
  /** The person. */
  readonly personId: string | number;
  /** Whether the API keys that the person made stay good, secrets and all. */
  readonly keepApiKeys?: boolean;
};

/** Which passkey. */
export type RemovePasskeyInput = {
  /** The passkey's id. */
  readonly id: string | number;
};

/** Which payment method to remove. */
export type RemovePaymentMethodInput = {
  /** Which payment method. */
  readonly id: string | number;
};

/** Extra seats to give up. */
export type RemoveSeatsInput = {
  /** The purchase, `pls_…`. */
  readonly seatsId: string | number;
  /** How many of its seats. */
  readonly count: number;
};

/** An answer to support, or something to add. */
export type ReplyToTicketInput = {
  /** The ticket; a closed one within its period only. */
  readonly ticketId: string | number;
  /** What you write, up to 2,000 characters, in as many lines as you like. */
  readonly text: string;
};

/** A defect of the service, in writing. */
export type ReportDefectInput = {
  /** What it is about, up to 120 characters. */
  readonly subject: string;
  /** What you write, up to 2,000 characters, in as many lines as you like. */
  readonly text: string;
};

/** That the account shall be closed and erased, knowing what that means. */
export type RequestErasureInput = {
  /** What is meant to be erased; null for what the policy erases. */
  readonly scope?: ErasureScope | null | undefined;
  /** `lossesDigest` of `erasurePreview`. */
  readonly acknowledgedLosses: string;
  /** `warningVersion` of `erasurePreview`. */
  readonly acknowledgedWarning: string;
  /** A string of your choice, 1 to 255 visible ASCII characters, that names this one intention: a repetition with the same input gets the first outcome again and changes nothing. */
  readonly idempotencyKey: string;
};

/** Which copy is asked for. */
export type RequestExportInput = {
  /** Whose data it is. */
  readonly scope: DataExportScope;
  /** As which request it is entered, with its own due date. */
  readonly right?: DataExportRight;
};

/** Whose password is forgotten. */
export type RequestPasswordResetInput = {
  /** The person's verified e-mail address. */
  readonly email: string;
};

/** What is wrong, and how it is right. */
export type RequestRectificationInput = {
  /** What cannot be corrected by oneself, and how it is right; up to 2,000 characters. */
  readonly text: string;
};

/** Which document a reviewer wants to see. */
export type RequestSenderDocumentViewInput = {
  /** The document. */
  readonly documentId: string | number;
};

/** What has to be done before a session may do what its person's role allows. */
export type Requirement =
  /** The role asks for a second factor: set one up, or sign in anew where there is one. */
  | 'SECOND_FACTOR'
  /** The password is too old: change it. */
  | 'NEW_PASSWORD'
  /** The age must be verified: save a payment card, or show the staff a document. */
  | 'AGE';

/** What arrived by e-mail, and a new password. */
export type ResetPasswordInput = {
  /** The token of the link. */
  readonly token: string;
  /** The new password: 12 to 256 characters, without the login in it. */
  readonly password: string;
};

/** A recovery code, and a new password. */
export type ResetPasswordWithCodeInput = {
  /** The login, in any case. */
  readonly login: string;
  /** One of the person's unused recovery codes. */
  readonly code: string;
  /** The new password: 12 to 256 characters, without the login in it. */
  readonly password: string;
};

/** What is to be stored only. */
export type RestrictProcessingInput = {
  /** Which of `restrictablePurposes`; all purposes where it is empty. */
  readonly purposes: ReadonlyArray<string>;
};

/** Which campaign is sent again. */
export type ResumeCampaignInput = {
  /** The campaign, PAUSED. */
  readonly campaignId: string | number;
};

/** Which due work. */
export type RetryDueWorkInput = {
  /** Its id. */
  readonly id: string | number;
};

/** Which API key. */
export type RevokeApiKeyInput = {
  /** The key's id. */
  readonly id: string | number;
};

/** Which invitation. */
export type RevokeInvitationInput = {
  /** The invitation's id. */
  readonly id: string | number;
};

/** Which session. */
export type RevokeSessionInput = {
  /** The session's id. */
  readonly id: string | number;
};

/** A payment method to keep. */
export type SavePaymentMethodInput = {
  /** A token that a gateway made for a payment method; see `sandboxTokens`. Never a card number. */
  readonly token: string;
  /** What it is kept for; for nothing else it is. */
  readonly savedFor: PaymentMethodPurpose;
  /** A string of your choice, 1 to 255 visible ASCII characters, that names this one intention: a repetition with the same input gets the first outcome again and changes nothing. */
  readonly idempotencyKey: string;
  /** Whether to make it the default one. The first one is it anyway. */
  readonly makeDefault?: boolean;
};

/** When a campaign is launched. */
export type ScheduleCampaignInput = {
  /** The campaign, DRAFT or SCHEDULED. */
  readonly campaignId: string | number;
  /** When, at most 90 days ahead; null makes it a draft again. */
  readonly at?: string | null | undefined;
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

/** What proves a second time who somebody is. */
export type SecondFactor =
  /** A code of an authenticator application (RFC 6238). */
  | 'TOTP'
  /** A passkey. */
  | 'PASSKEY'
  /** A code that was written down. */
  | 'RECOVERY_CODE';

/** A second factor: exactly one of these. */
export type SecondFactorInput =
  {   /** The six digits that an authenticator application shows. */
  readonly code: string; readonly recoveryCode?: never; readonly passkey?: never; }
  |  { readonly code?: never;   /** One of the person's unused recovery codes. */
  readonly recoveryCode: string; readonly passkey?: never; }
  |  { readonly code?: never; readonly recoveryCode?: never;   /** What a passkey of the person signed. */
  readonly passkey: PasskeyAnswerInput; };

/** What is suspected. */
export type SecurityReportKind =
  /** Somebody got in who may not. */
  | 'UNAUTHORISED_ACCESS'
  /** A device, a key or data got lost. */
  | 'LOSS'
  /** Somebody does what they should not. */
  | 'MISUSE';

/** The documents that an application needs, all of them. */
export type SenderDocumentKind =
  /** The company's registration with its country's registry. */
  | 'COMPANY_REGISTRATION'
  /** An identity document of the company's signer, owner or administrator. */
  | 'IDENTITY';

/** What a document may be. */
export type SenderDocumentType =
  /** application/pdf. */
  | 'PDF'
  /** image/jpeg. */
  | 'JPEG'
  /** image/png. */
  | 'PNG';

/** What a sender is. */
export type SenderKind =
  /** A company's name. */
  | 'COMPANY_NAME'
  /** A phone number: digits alone, the country code first, without a plus sign. */
  | 'PHONE_NUMBER';

/** Why a sender is refused. */
export type SenderRefusalReason =
  /** A document cannot be read. */
  | 'DOCUMENTS_UNREADABLE'
  /** The documents are not about this company, or not of its people. */
  | 'DOCUMENTS_DO_NOT_MATCH'
  /** The documents do not show that the name or number is the customer's. */
  | 'NAME_NOT_YOURS'
  /** Readers would take it for somebody else. */
  | 'NAME_MISLEADING'
  /** No carrier of the countries shows it. */
  | 'COUNTRY_NOT_SERVED'
  /** Another reason, told in the note. */
  | 'OTHER';

/** Where a sender is. */
export type SenderStatus =
  /** It was not submitted yet. */
  | 'DRAFT'
  /** It waits for a decision. */
  | 'SUBMITTED'
  /** It may be used while the account is active. */
  | 'ACCEPTED'
  /** It may not be used; change it and submit it again, at no cost. */
  | 'REFUSED'
  /** The application was given up. Final. */
  | 'WITHDRAWN'
  /** Its account was closed. Final. */
  | 'DEACTIVATED';

/** What a reviewer decides. */
export type SenderVerdict =
  /** It may be used in the given countries. */
  | 'ACCEPT'
  /** It may not be used. */
  | 'REFUSE';

/** How long each point of a series is, in its time zone. */
export type SeriesStep =
  /** 15 minutes. */
  | 'QUARTER_HOUR'
  /** An hour of the clock; shorter where the clocks are put by less than an hour. */
  | 'HOUR'
  /** A calendar day: 23 or 25 hours when the clocks are changed. */
  | 'DAY'
  /** A week from Monday on. */
  | 'WEEK'
  /** A calendar month. */
  | 'MONTH';

/** An e-mail address. */
export type SetEmailInput = {
  /** The address, at most 254 characters. */
  readonly email: string;
};

/** By what the affected accounts of an incident are found. */
export type SetIncidentCriterionInput = {
  /** The incident, `inc_…`, not closed. */
  readonly incidentId: string | number;
  /** It takes the place of the one before; null: only named accounts are affected. */
  readonly criterion?: IncidentCriterionInput | null | undefined;
};

/** How somebody showed the staff who they are. */
export type ShownIdentityProof =
  /** They gave back what was sent to an address that is known to be theirs. */
  | 'CODE_TO_ADDRESS'
  /** They were called at a number that is known to be theirs. */
  | 'CALL_BACK'
  /** They showed a document. */
  | 'DOCUMENT';

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

/** A passkey instead of login and password. */
export type SignInWithPasskeyInput = {
  /** What the passkey signed. */
  readonly passkey: PasskeyAnswerInput;
  /** How the session token is kept. */
  readonly transport: Transport;
  /** The `deviceToken` of an earlier sign-in on this device, if there was one. */
  readonly deviceToken?: string | null | undefined;
};

/** What an SMS says. */
export type SmsMessageInput = {
  /** Its text. With its merge fields at their longest it has up to 10 segments. */
  readonly text: string;
  /** What it is to show as its sender; the service's default when null. */
  readonly sender?: string | null | undefined;
  /** The merge fields of the text, at most 20. */
  readonly mergeFields?: ReadonlyArray<MergeFieldInput>;
};

/** What waits for the company's own people. */
export type StaffQueue =
  /** `privacyRequests`. */
  | 'PRIVACY_REQUESTS'
  /** `complaints`. */
  | 'COMPLAINTS'
  /** `senderReviews`. */
  | 'SENDER_REVIEWS';

/** What somebody of the company does. */
export type StaffRole =
  /** Helps customers. */
  | 'SUPPORT'
  /** Looks after payments and invoices. */
  | 'FINANCE'
  /** Looks after personal data and requests about it. */
  | 'PRIVACY_OFFICER'
  /** The data protection officer: reads registers, requests and compliance, and changes none of them. */
  | 'DPO'
  /** Runs the service. */
  | 'ADMIN';

/** A plan to start. */
export type StartPlanInput = {
  /** The plan's code in the catalog. */
  readonly plan: string;
  /** By which cycle it is billed. */
  readonly cycle: PlanCycle;
  /** A string of your choice, 1 to 255 visible ASCII characters, that names this one intention: a repetition with the same input gets the first outcome again and changes nothing. */
  readonly idempotencyKey: string;
  /** The saved card that pays; the account's default one when left out, and where it is gone later. */
  readonly paymentMethodId?: string | number | null | undefined;
};

/** By what messages are counted apart. */
export type StatisticsDimension =
  /** The receiving domain of an e-mail. */
  | 'DOMAIN'
  /** The country of an event, by ISO 3166-1, where it is known. */
  | 'COUNTRY'
  /** What a message was opened or clicked on, if known. */
  | 'DEVICE'
  /** The link that was clicked. Only clicks are counted. */
  | 'LINK'
  /** The enhanced status code of a bounce (RFC 3463). Only bounces are counted. */
  | 'BOUNCE_CODE';

/** Which account is suspended, and why. */
export type SuspendAccountInput = {
  /** The customer's account. */
  readonly accountId: string | number;
  /** Why; the terms say whether there must be a reason. */
  readonly reason?: SuspensionReason | null | undefined;
};

/** Why the company suspends or closes an account. */
export type SuspensionReason =
  /** A complaint about what was sent. */
  | 'COMPLAINT'
  /** Use against the terms. */
  | 'ABUSE'
  /** Something is not paid. */
  | 'PAYMENT'
  /** Somebody else may act for it. */
  | 'SECURITY'
  /** The law asks for it. */
  | 'LEGAL'
  /** Its industry is not served. */
  | 'INDUSTRY'
  /** Another reason. */
  | 'OTHER';

/** What is next once the staff wrote. */
export type TicketAfterAnswer =
  /** Nothing, unless the customer has more to ask. */
  | 'ANSWERED'
  /** An answer of the customer. */
  | 'WAITING'
  /** The end. */
  | 'CLOSED';

/** What a ticket is about. */
export type TicketKind =
  /** A question, or anything else. */
  | 'QUESTION'
  /** A defect of the service, reported in writing. */
  | 'DEFECT';

/** How a ticket came. */
export type TicketSource =
  /** From somebody who was signed in. */
  | 'ACCOUNT'
  /** By the contact form, from an address that was shown to be the writer's. */
  | 'FORM';

/** Where a ticket is. */
export type TicketState =
  /** The code of the contact form did not come back yet; nobody is shown it. */
  | 'UNCONFIRMED'
  /** The staff is to answer. */
  | 'OPEN'
  /** The staff answered. */
  | 'ANSWERED'
  /** The staff asked something, and waits for an answer. */
  | 'WAITING'
  /** It is over; an answer within the period of the terms opens it again. */
  | 'CLOSED';

/** Why a top-up is FAILED, ERRORED or REVERSED. */
export type TopUpFailureCode =
  /** The payer's bank said no. */
  | 'DECLINED'
  /** Too many wrong codes, or the payer's bank did not recognise them. */
  | 'STEP_UP_FAILED'
  /** Nobody entered the code in time. */
  | 'STEP_UP_EXPIRED'
  /** The payment went through, but fees ate all of it. */
  | 'NOTHING_RECEIVED'
  /** The request to the gateway was lost; nothing was charged. */
  | 'NOT_CHARGED'
  /** The payment token was erased before it could be used. */
  | 'TOKEN_GONE'
  /** The saved payment method expired or was removed before it could be charged. */
  | 'METHOD_GONE'
  /** The gateway did not answer; it is being asked. */
  | 'OUTCOME_UNKNOWN'
  /** The payer's bank took the money back. */
  | 'CHARGED_BACK'
  /** The payment failed after it had been reported as received. */
  | 'FAILED_LATE'
  /** All of it was given back to the payer. */
  | 'REFUNDED'
  /** The gateway cannot charge this amount; nothing was charged. */
  | 'AMOUNT_UNSUPPORTED';

/** What the payer has to do before a top-up, or the saving of a payment method, goes on. */
export type TopUpNextAction =
  /** Give the code that the payer's bank sent to `confirmTopUp` or `confirmPaymentMethod`. */
  | 'ENTER_CODE'
  /** Authenticate with the bank, in the gateway's own browser library: it takes `clientSecret`. */
  | 'AUTHENTICATE';

/** What a top-up is for. */
export type TopUpPurpose =
  /** Somebody ordered it. */
  | 'MANUAL'
  /** The balance fell below its threshold. */
  | 'AUTO_TOP_UP'
  /** It pays for a plan. */
  | 'PLAN';

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

/** What a wallet is counted in: whole credits, or a currency in whole units. */
export type Unit =
  /** E-mail credits: one is one message to one recipient. */
  | 'EMAIL'
  /** SMS credits: one is one message part. */
  | 'SMS'
  /** Australian dollars. */
  | 'AUD'
  /** Brazilian reais. */
  | 'BRL'
  /** Canadian dollars. */
  | 'CAD'
  /** Swiss francs. */
  | 'CHF'
  /** Czech korunas. */
  | 'CZK'
  /** Danish kroner. */
  | 'DKK'
  /** Euros. */
  | 'EUR'
  /** Pounds sterling. */
  | 'GBP'
  /** Japanese yen. */
  | 'JPY'
  /** Mexican pesos. */
  | 'MXN'
  /** Norwegian kroner. */
  | 'NOK'
  /** Polish zlotys. */
  | 'PLN'
  /** Swedish kronor. */
  | 'SEK'
  /** Tunisian dinars. */
  | 'TND'
  /** US dollars. */
  | 'USD';

/** Which account's suspension ends. */
export type UnsuspendAccountInput = {
  /** The customer's account. */
  readonly accountId: string | number;
};

/** What arrived by e-mail. */
export type VerifyEmailInput = {
  /** The eight digits. */
  readonly code: string;
};

/** Which request, and how its person showed who they are. */
export type VerifyPrivacyRequestInput = {
  /** The request, UNVERIFIED. */
  readonly requestId: string | number;
  /** What they showed. It is not kept, and not asked for again. */
  readonly proof: ShownIdentityProof;
};

/** Which request. */
export type WithdrawPrivacyRequestInput = {
  /** The request, which is open. */
  readonly requestId: string | number;
};

export type CampaignListQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type CampaignListQuery = { readonly viewer: { readonly account: { readonly id: string, readonly campaigns: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly status: CampaignStatus, readonly name: string | null, readonly channel: MessageChannel, readonly recipients: number, readonly creditsReserved: number, readonly creditsCaptured: number, readonly launchedAt: string | null, readonly createdAt: string, readonly statistics: { readonly counts: { readonly sent: { readonly total: string }, readonly delivered: { readonly total: string }, readonly opens: { readonly human: string }, readonly clicks: { readonly human: string }, readonly rates: { readonly clickToOpen: { readonly value: string | null } } } } } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } } | null };

export type WatchCampaignsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchCampaignsSubscription = { readonly campaignChanged: { readonly kind: FeedEventKind, readonly sequence: string, readonly campaign: { readonly id: string, readonly status: CampaignStatus, readonly name: string | null, readonly channel: MessageChannel, readonly recipients: number, readonly creditsReserved: number, readonly creditsCaptured: number, readonly launchedAt: string | null, readonly createdAt: string } | null, readonly newest: ReadonlyArray<{ readonly id: string, readonly status: CampaignStatus, readonly name: string | null, readonly channel: MessageChannel, readonly recipients: number, readonly creditsReserved: number, readonly creditsCaptured: number, readonly launchedAt: string | null, readonly createdAt: string }> } };

export type CampaignPageQueryVariables = Exact<{
  id: string | number;
}>;


export type CampaignPageQuery = { readonly campaign: { readonly id: string, readonly channel: MessageChannel, readonly status: CampaignStatus, readonly name: string | null, readonly subject: string | null, readonly recipients: number, readonly creditsReserved: number, readonly creditsCaptured: number, readonly pauseReason: PauseReason | null, readonly failureCode: string | null, readonly scheduledAt: string | null, readonly launchedAt: string | null, readonly endedAt: string | null, readonly createdAt: string, readonly statistics: { readonly campaignId: string, readonly sequence: string, readonly firstEventAt: string | null, readonly lastEventAt: string | null, readonly creditsReserved: number, readonly creditsCaptured: number, readonly counts: { readonly dropped: string, readonly deferred: string, readonly segments: string, readonly sent: { readonly total: string, readonly unique: string }, readonly delivered: { readonly total: string, readonly unique: string }, readonly bounces: { readonly total: string, readonly unique: string, readonly hard: { readonly total: string }, readonly soft: { readonly total: string }, readonly block: { readonly total: string }, readonly undetermined: { readonly total: string } }, readonly opens: { readonly total: string, readonly unique: string, readonly human: string, readonly humanUnique: string, readonly machine: string, readonly suspectBot: string }, readonly clicks: { readonly total: string, readonly unique: string, readonly human: string, readonly humanUnique: string, readonly machine: string, readonly suspectBot: string }, readonly unsubscribes: { readonly total: string, readonly unique: string }, readonly complaints: { readonly total: string, readonly unique: string }, readonly rates: { readonly delivery: { readonly value: string | null }, readonly bounce: { readonly value: string | null }, readonly opening: { readonly value: string | null }, readonly clickThrough: { readonly value: string | null }, readonly clickToOpen: { readonly value: string | null }, readonly unsubscribing: { readonly value: string | null }, readonly complaint: { readonly value: string | null } } } } } | null };

export type WatchCampaignSubscriptionVariables = Exact<{
  id: string | number;
  after?: string | null | undefined;
}>;


export type WatchCampaignSubscription = { readonly campaignChanged: { readonly kind: FeedEventKind, readonly sequence: string, readonly campaign: { readonly id: string, readonly channel: MessageChannel, readonly status: CampaignStatus, readonly name: string | null, readonly subject: string | null, readonly recipients: number, readonly creditsReserved: number, readonly creditsCaptured: number, readonly pauseReason: PauseReason | null, readonly failureCode: string | null, readonly scheduledAt: string | null, readonly launchedAt: string | null, readonly endedAt: string | null, readonly createdAt: string } | null } };

export type WatchCampaignStatsSubscriptionVariables = Exact<{
  id: string | number;
  after?: string | null | undefined;
}>;


export type WatchCampaignStatsSubscription = { readonly campaignStats: { readonly kind: FeedEventKind, readonly sequence: string, readonly statistics: { readonly campaignId: string, readonly sequence: string, readonly firstEventAt: string | null, readonly lastEventAt: string | null, readonly creditsReserved: number, readonly creditsCaptured: number, readonly counts: { readonly dropped: string, readonly deferred: string, readonly segments: string, readonly sent: { readonly total: string, readonly unique: string }, readonly delivered: { readonly total: string, readonly unique: string }, readonly bounces: { readonly total: string, readonly unique: string, readonly hard: { readonly total: string }, readonly soft: { readonly total: string }, readonly block: { readonly total: string }, readonly undetermined: { readonly total: string } }, readonly opens: { readonly total: string, readonly unique: string, readonly human: string, readonly humanUnique: string, readonly machine: string, readonly suspectBot: string }, readonly clicks: { readonly total: string, readonly unique: string, readonly human: string, readonly humanUnique: string, readonly machine: string, readonly suspectBot: string }, readonly unsubscribes: { readonly total: string, readonly unique: string }, readonly complaints: { readonly total: string, readonly unique: string }, readonly rates: { readonly delivery: { readonly value: string | null }, readonly bounce: { readonly value: string | null }, readonly opening: { readonly value: string | null }, readonly clickThrough: { readonly value: string | null }, readonly clickToOpen: { readonly value: string | null }, readonly unsubscribing: { readonly value: string | null }, readonly complaint: { readonly value: string | null } } } } } };

export type WatchActivitySubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchActivitySubscription = { readonly accountActivity: { readonly kind: FeedEventKind, readonly sequence: string, readonly counts: { readonly sent: { readonly total: string }, readonly delivered: { readonly total: string }, readonly opens: { readonly human: string, readonly machine: string }, readonly clicks: { readonly human: string }, readonly bounces: { readonly total: string }, readonly complaints: { readonly total: string } } } };

export type CampaignSeriesQueryVariables = Exact<{
  id: string | number;
  step: SeriesStep;
  timeZone: string;
}>;


export type CampaignSeriesQuery = { readonly campaignSeries: ReadonlyArray<{ readonly startsAt: string, readonly counts: { readonly sent: { readonly total: string }, readonly delivered: { readonly total: string }, readonly opens: { readonly human: string }, readonly clicks: { readonly human: string }, readonly bounces: { readonly total: string } } }> };

export type CampaignPartsQueryVariables = Exact<{
  id: string | number;
  by: StatisticsDimension;
}>;


export type CampaignPartsQuery = { readonly campaignBreakdown: { readonly edges: ReadonlyArray<{ readonly node: { readonly name: string | null, readonly events: string, readonly counts: { readonly sent: { readonly total: string }, readonly delivered: { readonly total: string }, readonly opens: { readonly human: string, readonly machine: string }, readonly clicks: { readonly human: string, readonly humanUnique: string }, readonly bounces: { readonly total: string, readonly hard: { readonly total: string }, readonly soft: { readonly total: string }, readonly block: { readonly total: string } } } } }> } };

export type CompareCampaignsQueryVariables = Exact<{
  ids: ReadonlyArray<string | number> | string | number;
  hours: number;
}>;


export type CompareCampaignsQuery = { readonly compareCampaigns: ReadonlyArray<{ readonly campaignId: string, readonly startsAt: string | null, readonly hours: ReadonlyArray<{ readonly delivered: { readonly total: string }, readonly opens: { readonly human: string }, readonly clicks: { readonly human: string } }> }> };

export type CampaignExportQueryVariables = Exact<{
  id: string | number;
  kind: ExportKind;
  format: ExportFormat;
  timeZone: string;
}>;


export type CampaignExportQuery = { readonly exportLink: { readonly path: string, readonly expiresAt: string } | null };

export type PauseCampaignMutationVariables = Exact<{
  input: PauseCampaignInput;
}>;


export type PauseCampaignMutation = { readonly pauseCampaign:
    | { readonly __typename: 'CampaignPaused' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'CampaignNotFound' | 'CampaignStatusConflict' }
    )
   };

export type ResumeCampaignMutationVariables = Exact<{
  input: ResumeCampaignInput;
}>;


export type ResumeCampaignMutation = { readonly resumeCampaign:
    | { readonly __typename: 'CampaignResumed' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'CampaignNotFound' | 'CampaignStatusConflict' | 'AccountNotActive' | 'AccountCountryMissing' | 'EmailNotVerified' | 'ComplaintOpen' | 'ProcessingRestricted' }
    )
   };

export type LaunchCampaignMutationVariables = Exact<{
  input: LaunchCampaignInput;
}>;


export type LaunchCampaignMutation = { readonly launchCampaign:
    | (
      { readonly creditsHeld: number, readonly replayed: boolean }
      & { readonly __typename: 'CampaignLaunched' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'InsufficientBalance' | 'TooManyHolds' | 'CampaignIncomplete' | 'CampaignNotFound' | 'CampaignStatusConflict' | 'AccountNotActive' | 'AccountCountryMissing' | 'EmailNotVerified' | 'ComplaintOpen' | 'IdempotencyMismatch' | 'IdempotencyInProgress' | 'IdempotencyKeyInvalid' | 'ProcessingRestricted' }
    )
   };

export type CancelCampaignMutationVariables = Exact<{
  input: CancelCampaignInput;
}>;


export type CancelCampaignMutation = { readonly cancelCampaign:
    | { readonly __typename: 'CampaignEnded' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'CampaignNotFound' | 'CampaignStatusConflict' }
    )
   };

export type CampaignStatusLineFragment = { readonly id: string, readonly status: CampaignStatus, readonly name: string | null, readonly channel: MessageChannel, readonly recipients: number, readonly creditsReserved: number, readonly creditsCaptured: number, readonly launchedAt: string | null, readonly createdAt: string };

export type CampaignLineFragment = { readonly id: string, readonly status: CampaignStatus, readonly name: string | null, readonly channel: MessageChannel, readonly recipients: number, readonly creditsReserved: number, readonly creditsCaptured: number, readonly launchedAt: string | null, readonly createdAt: string, readonly statistics: { readonly counts: { readonly sent: { readonly total: string }, readonly delivered: { readonly total: string }, readonly opens: { readonly human: string }, readonly clicks: { readonly human: string }, readonly rates: { readonly clickToOpen: { readonly value: string | null } } } } };

export type CampaignHeadFragment = { readonly id: string, readonly channel: MessageChannel, readonly status: CampaignStatus, readonly name: string | null, readonly subject: string | null, readonly recipients: number, readonly creditsReserved: number, readonly creditsCaptured: number, readonly pauseReason: PauseReason | null, readonly failureCode: string | null, readonly scheduledAt: string | null, readonly launchedAt: string | null, readonly endedAt: string | null, readonly createdAt: string };

export type CampaignCountsFragment = { readonly campaignId: string, readonly sequence: string, readonly firstEventAt: string | null, readonly lastEventAt: string | null, readonly creditsReserved: number, readonly creditsCaptured: number, readonly counts: { readonly dropped: string, readonly deferred: string, readonly segments: string, readonly sent: { readonly total: string, readonly unique: string }, readonly delivered: { readonly total: string, readonly unique: string }, readonly bounces: { readonly total: string, readonly unique: string, readonly hard: { readonly total: string }, readonly soft: { readonly total: string }, readonly block: { readonly total: string }, readonly undetermined: { readonly total: string } }, readonly opens: { readonly total: string, readonly unique: string, readonly human: string, readonly humanUnique: string, readonly machine: string, readonly suspectBot: string }, readonly clicks: { readonly total: string, readonly unique: string, readonly human: string, readonly humanUnique: string, readonly machine: string, readonly suspectBot: string }, readonly unsubscribes: { readonly total: string, readonly unique: string }, readonly complaints: { readonly total: string, readonly unique: string }, readonly rates: { readonly delivery: { readonly value: string | null }, readonly bounce: { readonly value: string | null }, readonly opening: { readonly value: string | null }, readonly clickThrough: { readonly value: string | null }, readonly clickToOpen: { readonly value: string | null }, readonly unsubscribing: { readonly value: string | null }, readonly complaint: { readonly value: string | null } } } };

export type CreateCampaignMutationVariables = Exact<{
  input: CreateCampaignInput;
}>;


export type CreateCampaignMutation = { readonly createCampaign:
    | (
      { readonly campaign: { readonly id: string } }
      & { readonly __typename: 'CampaignCreated' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'CampaignNameInvalid' | 'MessageTextInvalid' | 'MessageTextSensitive' | 'MergeFieldInvalid' | 'TooManySegments' | 'CampaignLimitReached' | 'ProcessingRestricted' }
    )
   };

export type DeclareAudienceMutationVariables = Exact<{
  input: DeclareCampaignAudienceInput;
}>;


export type DeclareAudienceMutation = { readonly declareCampaignAudience:
    | { readonly __typename: 'CampaignAudienceDeclared' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'ListSourceRefused' | 'CampaignNotFound' | 'CampaignStatusConflict' | 'ProcessingRestricted' }
    )
   };

export type AddRecipientsMutationVariables = Exact<{
  input: AddCampaignRecipientsInput;
}>;


export type AddRecipientsMutation = { readonly addCampaignRecipients:
    | (
      { readonly added: number, readonly duplicates: number, readonly suppressed: ReadonlyArray<number>, readonly invalid: ReadonlyArray<number> }
      & { readonly __typename: 'CampaignRecipientsAdded' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'RecipientsInvalid' | 'RecipientLimitReached' | 'RecipientsConflict' | 'AudienceNotDeclared' | 'CampaignNotFound' | 'CampaignStatusConflict' | 'ProcessingRestricted' }
    )
   };

export type ScheduleCampaignMutationVariables = Exact<{
  input: ScheduleCampaignInput;
}>;


export type ScheduleCampaignMutation = { readonly scheduleCampaign:
    | { readonly __typename: 'CampaignScheduled' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'CampaignScheduleInvalid' | 'CampaignIncomplete' | 'CampaignNotFound' | 'CampaignStatusConflict' | 'ProcessingRestricted' }
    )
   };

export type CampaignQuoteQueryVariables = Exact<{
  id: string | number;
}>;


export type CampaignQuoteQuery = { readonly quoteCampaign: { readonly unit: MessageChannel, readonly recipients: number, readonly segments: number, readonly credits: number } | null };

export type WatchStaffQueuesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchStaffQueuesSubscription = { readonly staffQueueChanged: { readonly kind: FeedEventKind, readonly sequence: string, readonly queue: StaffQueue | null } };

export type WatchOperationsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchOperationsSubscription = { readonly operationsChanged: { readonly kind: FeedEventKind, readonly sequence: string, readonly operations: { readonly at: string, readonly socketsHere: number, readonly today: { readonly since: string, readonly moneyIn: ReadonlyArray<{ readonly amount: string, readonly currency: Currency }>, readonly spend: ReadonlyArray<{ readonly unit: Unit, readonly quantity: string }> }, readonly dueWork: { readonly due: number, readonly late: number, readonly failing: number, readonly paused: number } } } };

export type WatchSupportQueueSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchSupportQueueSubscription = { readonly supportQueueChanged: { readonly kind: FeedEventKind, readonly sequence: string, readonly ticket: { readonly id: string, readonly accountId: string | null, readonly kind: TicketKind, readonly state: TicketState, readonly messages: number, readonly receivedAt: string } | null, readonly waiting: ReadonlyArray<{ readonly id: string, readonly accountId: string | null, readonly kind: TicketKind, readonly state: TicketState, readonly messages: number, readonly receivedAt: string }> } };

export type SupportTicketQueryVariables = Exact<{
  id: string | number;
}>;


export type SupportTicketQuery = { readonly supportTicket: { readonly accountId: string | null, readonly email: string | null, readonly waitingSince: string | null, readonly ticket: { readonly id: string, readonly kind: TicketKind, readonly state: TicketState, readonly source: TicketSource, readonly subject: string | null, readonly receivedAt: string, readonly dueAt: string | null, readonly closedAt: string | null, readonly updatedAt: string, readonly messages: ReadonlyArray<{ readonly id: string, readonly fromStaff: boolean, readonly text: string | null, readonly receivedAt: string }> } } | null };

export type AnswerTicketMutationVariables = Exact<{
  input: AnswerTicketInput;
}>;


export type AnswerTicketMutation = { readonly answerTicket:
    | { readonly __typename: 'TicketAnswered' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'TicketNotFound' | 'TicketStatusConflict' | 'TicketTextInvalid' | 'TicketLimitReached' }
    )
   };

export type EndTicketMutationVariables = Exact<{
  input: EndTicketInput;
}>;


export type EndTicketMutation = { readonly endTicket:
    | { readonly __typename: 'TicketEnded' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'TicketNotFound' | 'TicketStatusConflict' }
    )
   };

export type AccountsQueryVariables = Exact<{
  status?: AccountStatus | null | undefined;
  beginning?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type AccountsQuery = { readonly accounts: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly status: AccountStatus, readonly statusSince: string | null, readonly statusReason: AccountStatusReason | null, readonly openedAt: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type QueuedLineFragment = { readonly id: string, readonly accountId: string | null, readonly kind: TicketKind, readonly state: TicketState, readonly messages: number, readonly receivedAt: string };

export type OpenIncidentsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type OpenIncidentsQuery = { readonly incidents: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly kind: SecurityReportKind, readonly source: IncidentSource, readonly state: IncidentState, readonly knownAt: string, readonly dueAt: string, readonly overdue: boolean, readonly assessment: { readonly risk: IncidentRisk } | null, readonly authorityNotice: { readonly notifiedAt: string } | null, readonly affected: { readonly accounts: number } } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type IncidentRegisterQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type IncidentRegisterQuery = { readonly incidentRegister: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly kind: SecurityReportKind, readonly source: IncidentSource, readonly state: IncidentState, readonly knownAt: string, readonly dueAt: string, readonly overdue: boolean, readonly assessment: { readonly risk: IncidentRisk } | null, readonly authorityNotice: { readonly notifiedAt: string } | null, readonly affected: { readonly accounts: number } } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type IncidentQueryVariables = Exact<{
  id: string | number;
}>;


export type IncidentQuery = { readonly node:
    | { readonly __typename: 'Account' | 'ApiKey' | 'AutoTopUp' | 'Campaign' | 'Complaint' | 'DataExport' | 'EventConnection' | 'Hold' | 'Incident' | 'Invitation' | 'Invoice' | 'Management' | 'Notice' | 'Order' | 'Passkey' | 'PaymentMethod' | 'Person' | 'PlanSubscription' | 'PrivacyRequest' | 'RecipientRequest' }
    | { readonly __typename: 'RetentionRun' | 'SecurityReport' | 'Sender' | 'Session' | 'Ticket' | 'TopUp' | 'Wallet' }
    | (
      { readonly id: string, readonly kind: SecurityReportKind, readonly source: IncidentSource, readonly state: IncidentState, readonly reportId: string | null, readonly summary: string | null, readonly occurredAt: string | null, readonly knownAt: string, readonly dueAt: string, readonly overdue: boolean, readonly openedAt: string, readonly closedAt: string | null, readonly assessment: { readonly risk: IncidentRisk, readonly categories: ReadonlyArray<string>, readonly people: string, readonly consequences: string | null, readonly assessedAt: string } | null, readonly criterion: { readonly everyone: boolean, readonly heldCategory: string | null, readonly signedInFrom: string | null, readonly signedInUntil: string | null, readonly appliedAt: string | null } | null, readonly decision: { readonly notify: boolean, readonly reason: string | null, readonly exemption: IncidentExemption | null, readonly message: string | null, readonly decidedAt: string, readonly toldAt: string | null } | null, readonly authorityNotice: { readonly authority: string | null, readonly reference: string | null, readonly notifiedAt: string, readonly late: boolean, readonly delayReason: string | null } | null, readonly affected: { readonly accounts: number, readonly told: number, readonly gone: number }, readonly entries: ReadonlyArray<{ readonly number: number, readonly kind: IncidentEntryKind, readonly state: IncidentState | null, readonly text: string | null, readonly writtenAt: string }> }
      & { readonly __typename: 'IncidentCase' }
    )
   | null };

export type WatchIncidentsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchIncidentsSubscription = { readonly incidentChanged: { readonly kind: FeedEventKind, readonly sequence: string } };

export type WatchIncidentSubscriptionVariables = Exact<{
  id: string | number;
  after?: string | null | undefined;
}>;


export type WatchIncidentSubscription = { readonly incidentChanged: { readonly kind: FeedEventKind, readonly sequence: string } };

export type OpenIncidentMutationVariables = Exact<{
  input: OpenIncidentInput;
}>;


export type OpenIncidentMutation = { readonly openIncident:
    | (
      { readonly incidentId: string }
      & { readonly __typename: 'IncidentOpened' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'IncidentInstantInvalid' | 'IncidentTextInvalid' | 'IncidentAccountUnknown' | 'IncidentAccountsTooMany' }
    )
   };

export type AssessIncidentMutationVariables = Exact<{
  input: AssessIncidentInput;
}>;


export type AssessIncidentMutation = { readonly assessIncident:
    | { readonly __typename: 'IncidentChanged' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'IncidentNotFound' | 'IncidentStatusConflict' | 'IncidentTextInvalid' }
    )
    | (
      { readonly categories: ReadonlyArray<string>, readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'IncidentScopeInvalid' }
    )
   };

export type NameIncidentAccountsMutationVariables = Exact<{
  input: NameIncidentAccountsInput;
}>;


export type NameIncidentAccountsMutation = { readonly nameIncidentAccounts:
    | { readonly __typename: 'IncidentChanged' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'IncidentNotFound' | 'IncidentStatusConflict' | 'IncidentAccountUnknown' | 'IncidentAccountTold' | 'IncidentAccountsTooMany' }
    )
   };

export type SetIncidentCriterionMutationVariables = Exact<{
  input: SetIncidentCriterionInput;
}>;


export type SetIncidentCriterionMutation = { readonly setIncidentCriterion:
    | { readonly __typename: 'IncidentChanged' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'IncidentNotFound' | 'IncidentStatusConflict' | 'IncidentCriterionInvalid' }
    )
   };

export type DecideIncidentNoticeMutationVariables = Exact<{
  input: DecideIncidentNoticeInput;
}>;


export type DecideIncidentNoticeMutation = { readonly decideIncidentNotice:
    | { readonly __typename: 'IncidentChanged' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'IncidentNotFound' | 'IncidentStatusConflict' | 'IncidentDecisionFinal' | 'IncidentNoticeRequired' | 'IncidentTextInvalid' }
    )
    | (
      { readonly lacks: ReadonlyArray<IncidentLack>, readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'IncidentIncomplete' }
    )
   };

export type RecordAuthorityNoticeMutationVariables = Exact<{
  input: RecordIncidentAuthorityNoticeInput;
}>;


export type RecordAuthorityNoticeMutation = { readonly recordIncidentAuthorityNotice:
    | { readonly __typename: 'IncidentChanged' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'IncidentNotFound' | 'IncidentStatusConflict' | 'IncidentAuthorityNotified' | 'IncidentInstantInvalid' | 'IncidentDelayUnexplained' | 'IncidentTextInvalid' }
    )
   };

export type NoteIncidentMutationVariables = Exact<{
  input: NoteIncidentInput;
}>;


export type NoteIncidentMutation = { readonly noteIncident:
    | { readonly __typename: 'IncidentChanged' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'IncidentNotFound' | 'IncidentStatusConflict' | 'IncidentTextInvalid' | 'IncidentEntryLimitReached' }
    )
   };

export type MoveIncidentMutationVariables = Exact<{
  input: MoveIncidentInput;
}>;


export type MoveIncidentMutation = { readonly moveIncident:
    | { readonly __typename: 'IncidentChanged' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'IncidentNotFound' | 'IncidentStatusConflict' | 'IncidentSkipUnexplained' | 'IncidentTextInvalid' }
    )
    | (
      { readonly lacks: ReadonlyArray<IncidentLack>, readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'IncidentIncomplete' }
    )
   };

export type IncidentLineFragment = { readonly id: string, readonly kind: SecurityReportKind, readonly source: IncidentSource, readonly state: IncidentState, readonly knownAt: string, readonly dueAt: string, readonly overdue: boolean, readonly assessment: { readonly risk: IncidentRisk } | null, readonly authorityNotice: { readonly notifiedAt: string } | null, readonly affected: { readonly accounts: number } };

export type IncidentFileFragment = { readonly id: string, readonly kind: SecurityReportKind, readonly source: IncidentSource, readonly state: IncidentState, readonly reportId: string | null, readonly summary: string | null, readonly occurredAt: string | null, readonly knownAt: string, readonly dueAt: string, readonly overdue: boolean, readonly openedAt: string, readonly closedAt: string | null, readonly assessment: { readonly risk: IncidentRisk, readonly categories: ReadonlyArray<string>, readonly people: string, readonly consequences: string | null, readonly assessedAt: string } | null, readonly criterion: { readonly everyone: boolean, readonly heldCategory: string | null, readonly signedInFrom: string | null, readonly signedInUntil: string | null, readonly appliedAt: string | null } | null, readonly decision: { readonly notify: boolean, readonly reason: string | null, readonly exemption: IncidentExemption | null, readonly message: string | null, readonly decidedAt: string, readonly toldAt: string | null } | null, readonly authorityNotice: { readonly authority: string | null, readonly reference: string | null, readonly notifiedAt: string, readonly late: boolean, readonly delayReason: string | null } | null, readonly affected: { readonly accounts: number, readonly told: number, readonly gone: number }, readonly entries: ReadonlyArray<{ readonly number: number, readonly kind: IncidentEntryKind, readonly state: IncidentState | null, readonly text: string | null, readonly writtenAt: string }> };

export type DueWorkQueryVariables = Exact<{ [key: string]: never; }>;


export type DueWorkQuery = { readonly dueWorkCounts: ReadonlyArray<{ readonly kind: string, readonly scheduled: number, readonly due: number, readonly late: number, readonly failing: number, readonly paused: number }>, readonly forceMajeure: ReadonlyArray<{ readonly id: string, readonly startsAt: string, readonly endsAt: string | null, readonly reason: string }> };

export type FailingWorkQueryVariables = Exact<{ [key: string]: never; }>;


export type FailingWorkQuery = { readonly dueWork: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly kind: string, readonly state: DueState, readonly subjectId: string, readonly dueAt: string, readonly attempts: number, readonly lastError: string | null } }> } };

export type RetryDueWorkMutationVariables = Exact<{
  input: RetryDueWorkInput;
}>;


export type RetryDueWorkMutation = { readonly retryDueWork:
    | { readonly __typename: 'DueWorkRetried' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'DueWorkNotFound' | 'DueWorkNotFailing' | 'DueWorkRunning' }
    )
   };

export type PrivacyQueueQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type PrivacyQueueQuery = { readonly privacyRequests: { readonly edges: ReadonlyArray<{ readonly node: { readonly accountId: string, readonly overdue: boolean, readonly request: { readonly id: string, readonly kind: PrivacyRequestKind, readonly source: PrivacyRequestSource, readonly state: PrivacyRequestState, readonly purposes: ReadonlyArray<string>, readonly text: string | null, readonly receivedAt: string, readonly dueAt: string, readonly verifiedAt: string | null, readonly proof: IdentityProof | null, readonly extendedAt: string | null, readonly holdGround: PrivacyHoldGround | null, readonly answer: string | null } } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type VerifyRequestMutationVariables = Exact<{
  input: VerifyPrivacyRequestInput;
}>;


export type VerifyRequestMutation = { readonly verifyPrivacyRequest:
    | { readonly __typename: 'PrivacyRequestMoved' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PrivacyRequestNotFound' | 'PrivacyRequestStatusConflict' }
    )
   };

export type BeginRequestMutationVariables = Exact<{
  input: BeginPrivacyRequestInput;
}>;


export type BeginRequestMutation = { readonly beginPrivacyRequest:
    | { readonly __typename: 'PrivacyRequestMoved' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PrivacyRequestNotFound' | 'PrivacyRequestStatusConflict' }
    )
   };

export type ExtendRequestMutationVariables = Exact<{
  input: ExtendPrivacyRequestInput;
}>;


export type ExtendRequestMutation = { readonly extendPrivacyRequest:
    | { readonly __typename: 'PrivacyRequestMoved' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PrivacyRequestNotFound' | 'PrivacyRequestStatusConflict' | 'PrivacyRequestNotExtendable' }
    )
   };

export type FulfilRequestMutationVariables = Exact<{
  input: FulfilPrivacyRequestInput;
}>;


export type FulfilRequestMutation = { readonly fulfilPrivacyRequest:
    | { readonly __typename: 'PrivacyRequestMoved' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PrivacyRequestNotFound' | 'PrivacyRequestStatusConflict' | 'PrivacyRequestKindConflict' | 'PrivacyRequestGroundInvalid' | 'PrivacyRequestTextInvalid' }
    )
   };

export type RefuseRequestMutationVariables = Exact<{
  input: RefusePrivacyRequestInput;
}>;


export type RefuseRequestMutation = { readonly refusePrivacyRequest:
    | { readonly __typename: 'PrivacyRequestMoved' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PrivacyRequestNotFound' | 'PrivacyRequestStatusConflict' | 'PrivacyRequestKindConflict' | 'PrivacyRequestGroundInvalid' | 'PrivacyRequestTextInvalid' }
    )
   };

export type ComplianceQueryVariables = Exact<{
  language: string;
}>;


export type ComplianceQuery = { readonly policyCompliance: ReadonlyArray<{ readonly compliance: Compliance, readonly check: string | null, readonly evidence: string | null, readonly lastRun: string | null, readonly clause: { readonly id: string, readonly title: string, readonly value: string, readonly state: PolicyClauseState, readonly rules: ReadonlyArray<string>, readonly source: string | null } }>, readonly attestations: ReadonlyArray<{ readonly kind: string, readonly overdue: boolean, readonly owner: string | null, readonly reference: string | null, readonly attestedAt: string | null, readonly reviewAt: string | null }> };

export type CheckPolicyMutationVariables = Exact<{ [key: string]: never; }>;


export type CheckPolicyMutation = { readonly checkPolicy: { readonly passed: number, readonly failed: number } };

export type ComplaintsQueryVariables = Exact<{
  state: ComplaintStatus;
}>;


export type ComplaintsQuery = { readonly complaints: { readonly edges: ReadonlyArray<{ readonly node: { readonly accountId: string, readonly lateAt: string, readonly masked: { readonly fields: ReadonlyArray<string>, readonly readableBy: ReadonlyArray<StaffRole> } | null, readonly complaint: { readonly id: string, readonly campaignId: string | null, readonly category: ComplaintCategory, readonly source: ComplaintSource, readonly status: ComplaintStatus, readonly reportCount: number, readonly receivedAt: string, readonly proofDueAt: string | null, readonly proofSubmittedAt: string | null, readonly appealedAt: string | null, readonly appeal: string | null, readonly reports: ReadonlyArray<{ readonly complainant: string | null, readonly text: string | null, readonly reportedAt: string }>, readonly evidence: ReadonlyArray<{ readonly kind: ComplaintEvidenceKind, readonly text: string | null, readonly consentedAt: string | null, readonly submittedAt: string }> } } }> } };

export type ClassifyComplaintMutationVariables = Exact<{
  input: ClassifyComplaintInput;
}>;


export type ClassifyComplaintMutation = { readonly classifyComplaint:
    | { readonly __typename: 'ComplaintClassified' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'ComplaintNotFound' | 'ComplaintStatusConflict' | 'ComplaintFindingInvalid' }
    )
   };

export type DecideComplaintMutationVariables = Exact<{
  input: DecideComplaintInput;
}>;


export type DecideComplaintMutation = { readonly decideComplaint:
    | { readonly __typename: 'ComplaintDecided' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'ComplaintNotFound' | 'ComplaintStatusConflict' | 'ComplaintVerdictInvalid' | 'ComplaintDecidedBefore' | 'IdempotencyMismatch' | 'IdempotencyInProgress' | 'IdempotencyKeyInvalid' }
    )
   };

export type SenderReviewsQueryVariables = Exact<{ [key: string]: never; }>;


export type SenderReviewsQuery = { readonly senderReviews: { readonly edges: ReadonlyArray<{ readonly node: { readonly submissionId: string, readonly accountId: string, readonly otherAccounts: number, readonly sender: { readonly id: string, readonly name: string | null, readonly kind: SenderKind, readonly status: SenderStatus, readonly submittedAt: string | null, readonly countries: ReadonlyArray<{ readonly country: string, readonly accepted: boolean }>, readonly documents: ReadonlyArray<{ readonly id: string, readonly kind: SenderDocumentKind, readonly contentType: SenderDocumentType, readonly sizeBytes: number }> } } }> } };

export type ViewDocumentMutationVariables = Exact<{
  input: RequestSenderDocumentViewInput;
}>;


export type ViewDocumentMutation = { readonly requestSenderDocumentView:
    | (
      { readonly url: string, readonly expiresAt: string }
      & { readonly __typename: 'SenderDocumentView' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'SenderDocumentNotFound' }
    )
   };

export type DecideSenderMutationVariables = Exact<{
  input: DecideSenderInput;
}>;


export type DecideSenderMutation = { readonly decideSender:
    | { readonly __typename: 'SenderDecided' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'SenderNotFound' | 'SenderStatusConflict' | 'SenderReviewOutdated' | 'SenderDecisionInvalid' }
    )
   };

export type SuspendAccountMutationVariables = Exact<{
  input: SuspendAccountInput;
}>;


export type SuspendAccountMutation = { readonly suspendAccount:
    | (
      { readonly suspendedAt: string }
      & { readonly __typename: 'AccountSuspended' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'AccountNotFound' | 'AccountStatusConflict' | 'ReasonRequired' }
    )
   };

export type UnsuspendAccountMutationVariables = Exact<{
  input: UnsuspendAccountInput;
}>;


export type UnsuspendAccountMutation = { readonly unsuspendAccount:
    | { readonly __typename: 'AccountUnsuspended' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'AccountNotFound' | 'AccountStatusConflict' }
    )
   };

export type DisclosuresQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type DisclosuresQuery = { readonly disclosures: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly accountId: string, readonly ground: DisclosureGround, readonly recipientClass: RecipientClass, readonly recipient: string | null, readonly categories: ReadonlyArray<string>, readonly disclosedAt: string, readonly authority: string | null, readonly legalBasis: string | null, readonly reference: string | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type RecordDisclosureMutationVariables = Exact<{
  input: RecordDisclosureInput;
}>;


export type RecordDisclosureMutation = { readonly recordDisclosure:
    | { readonly __typename: 'DisclosureRecorded' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'AccountNotFound' | 'GroundNotAllowed' | 'DisclosureIncomplete' | 'LegalityNotChecked' | 'ConsentMissing' | 'ProcessorNotActive' | 'RecipientNotAnnounced' | 'ProcessingRestricted' }
    )
   };

export type CheckLegalityMutationVariables = Exact<{
  input: CheckLegalityInput;
}>;


export type CheckLegalityMutation = { readonly checkLegality:
    | (
      { readonly legalityCheckId: string }
      & { readonly __typename: 'LegalityChecked' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'AccountNotFound' | 'DisclosureIncomplete' }
    )
   };

export type CaseRequestFragment = { readonly id: string, readonly kind: PrivacyRequestKind, readonly source: PrivacyRequestSource, readonly state: PrivacyRequestState, readonly purposes: ReadonlyArray<string>, readonly text: string | null, readonly receivedAt: string, readonly dueAt: string, readonly verifiedAt: string | null, readonly proof: IdentityProof | null, readonly extendedAt: string | null, readonly holdGround: PrivacyHoldGround | null, readonly answer: string | null };

export type CatalogQueryVariables = Exact<{
  currency: Currency;
}>;


export type CatalogQuery = { readonly catalog: { readonly currency: Currency, readonly creditPacks: ReadonlyArray<{ readonly code: string, readonly unit: CreditUnit, readonly credits: number, readonly quantityMin: number, readonly quantityMax: number, readonly price: { readonly amount: string, readonly currency: Currency }, readonly nextPrice: { readonly effectiveAt: string, readonly amount: { readonly amount: string, readonly currency: Currency } } | null }>, readonly meteredProducts: ReadonlyArray<{ readonly code: string, readonly metered: MeteredProductCode, readonly pricedUnits: number, readonly quantityMin: number, readonly quantityMax: number, readonly price: { readonly amount: string, readonly currency: Currency } }> } };

export type QuoteOrderQueryVariables = Exact<{
  input: QuoteOrderInput;
}>;


export type QuoteOrderQuery = { readonly quoteOrder:
    | (
      { readonly quantity: number, readonly credits: number, readonly creditUnit: CreditUnit | null, readonly taxRate: string, readonly net: { readonly amount: string, readonly currency: Currency }, readonly tax: { readonly amount: string, readonly currency: Currency }, readonly gross: { readonly amount: string, readonly currency: Currency }, readonly available: { readonly amount: string, readonly currency: Currency }, readonly missing: { readonly amount: string, readonly currency: Currency } }
      & { readonly __typename: 'OrderQuote' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'ProductUnknown' | 'QuantityOutOfRange' | 'NotSoldInCurrency' | 'CountryInvalid' | 'ReferenceInvalid' | 'CountryMissing' }
    )
   };

export type CancellationCostsQueryVariables = Exact<{
  id: string | number;
}>;


export type CancellationCostsQuery = { readonly order: { readonly id: string, readonly cancellationCosts: ReadonlyArray<{ readonly reason: CancellationReason, readonly fee: { readonly amount: string, readonly currency: Currency }, readonly refund: { readonly amount: string, readonly currency: Currency } }> } | null };

export type WatchOrdersSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchOrdersSubscription = { readonly orderChanged: { readonly kind: FeedEventKind, readonly sequence: string, readonly change: OrderChange | null, readonly order: { readonly id: string, readonly status: OrderStatus, readonly product: string, readonly quantity: number, readonly fulfilled: number, readonly credits: number, readonly creditUnit: CreditUnit | null, readonly placedAt: string, readonly net: { readonly amount: string, readonly currency: Currency }, readonly gross: { readonly amount: string, readonly currency: Currency }, readonly cancellation: { readonly reason: CancellationReason, readonly at: string, readonly fee: { readonly amount: string, readonly currency: Currency }, readonly refund: { readonly amount: string, readonly currency: Currency } } | null, readonly parameters:
        | (
          { readonly packs: number, readonly reference: string | null }
          & { readonly __typename: 'CreditPackParameters' }
        )
        | (
          { readonly addresses: number, readonly checkMailbox: boolean, readonly listName: string | null, readonly reference: string | null }
          & { readonly __typename: 'EmailVerificationParameters' }
        )
        | (
          { readonly numbers: number, readonly country: string, readonly reference: string | null }
          & { readonly __typename: 'NumberLookupParameters' }
        )
        | { readonly __typename: 'AutomaticCreditsParameters' }
       | null } | null, readonly newest: ReadonlyArray<{ readonly id: string, readonly status: OrderStatus, readonly product: string, readonly quantity: number, readonly fulfilled: number, readonly credits: number, readonly creditUnit: CreditUnit | null, readonly placedAt: string, readonly net: { readonly amount: string, readonly currency: Currency }, readonly gross: { readonly amount: string, readonly currency: Currency }, readonly cancellation: { readonly reason: CancellationReason, readonly at: string, readonly fee: { readonly amount: string, readonly currency: Currency }, readonly refund: { readonly amount: string, readonly currency: Currency } } | null, readonly parameters:
        | (
          { readonly packs: number, readonly reference: string | null }
          & { readonly __typename: 'CreditPackParameters' }
        )
        | (
          { readonly addresses: number, readonly checkMailbox: boolean, readonly listName: string | null, readonly reference: string | null }
          & { readonly __typename: 'EmailVerificationParameters' }
        )
        | (
          { readonly numbers: number, readonly country: string, readonly reference: string | null }
          & { readonly __typename: 'NumberLookupParameters' }
        )
        | { readonly __typename: 'AutomaticCreditsParameters' }
       | null }> } };

export type PlaceOrderMutationVariables = Exact<{
  input: PlaceOrderInput;
}>;


export type PlaceOrderMutation = { readonly placeOrder:
    | (
      { readonly replayed: boolean, readonly order: { readonly id: string, readonly status: OrderStatus, readonly product: string, readonly quantity: number, readonly fulfilled: number, readonly credits: number, readonly creditUnit: CreditUnit | null, readonly placedAt: string, readonly net: { readonly amount: string, readonly currency: Currency }, readonly gross: { readonly amount: string, readonly currency: Currency }, readonly cancellation: { readonly reason: CancellationReason, readonly at: string, readonly fee: { readonly amount: string, readonly currency: Currency }, readonly refund: { readonly amount: string, readonly currency: Currency } } | null, readonly parameters:
          | (
            { readonly packs: number, readonly reference: string | null }
            & { readonly __typename: 'CreditPackParameters' }
          )
          | (
            { readonly addresses: number, readonly checkMailbox: boolean, readonly listName: string | null, readonly reference: string | null }
            & { readonly __typename: 'EmailVerificationParameters' }
          )
          | (
            { readonly numbers: number, readonly country: string, readonly reference: string | null }
            & { readonly __typename: 'NumberLookupParameters' }
          )
          | { readonly __typename: 'AutomaticCreditsParameters' }
         | null } }
      & { readonly __typename: 'OrderPlaced' }
    )
    | (
      { readonly unit: Unit, readonly available: string, readonly required: string, readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'InsufficientBalance' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'ProductUnknown' | 'NotSoldInCurrency' | 'CountryInvalid' | 'ReferenceInvalid' | 'TooManyPendingOrders' | 'PostalAddressMissing' | 'CountryMissing' | 'StepUpRequired' | 'IdempotencyMismatch' | 'IdempotencyInProgress' | 'IdempotencyKeyInvalid' | 'ProcessingRestricted' }
    )
    | (
      { readonly minimum: number, readonly maximum: number, readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'QuantityOutOfRange' }
    )
   };

export type CancelOrderMutationVariables = Exact<{
  input: CancelOrderInput;
}>;


export type CancelOrderMutation = { readonly cancelOrder:
    | (
      { readonly fee: { readonly amount: string, readonly currency: Currency }, readonly refund: { readonly amount: string, readonly currency: Currency }, readonly order: { readonly id: string, readonly status: OrderStatus, readonly product: string, readonly quantity: number, readonly fulfilled: number, readonly credits: number, readonly creditUnit: CreditUnit | null, readonly placedAt: string, readonly net: { readonly amount: string, readonly currency: Currency }, readonly gross: { readonly amount: string, readonly currency: Currency }, readonly cancellation: { readonly reason: CancellationReason, readonly at: string, readonly fee: { readonly amount: string, readonly currency: Currency }, readonly refund: { readonly amount: string, readonly currency: Currency } } | null, readonly parameters:
          | (
            { readonly packs: number, readonly reference: string | null }
            & { readonly __typename: 'CreditPackParameters' }
          )
          | (
            { readonly addresses: number, readonly checkMailbox: boolean, readonly listName: string | null, readonly reference: string | null }
            & { readonly __typename: 'EmailVerificationParameters' }
          )
          | (
            { readonly numbers: number, readonly country: string, readonly reference: string | null }
            & { readonly __typename: 'NumberLookupParameters' }
          )
          | { readonly __typename: 'AutomaticCreditsParameters' }
         | null } }
      & { readonly __typename: 'OrderCancelled' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'OrderNotFound' | 'OrderNotCancellable' | 'CreditsUsed' | 'AutomaticOrderNotRefundable' | 'IdempotencyMismatch' | 'IdempotencyInProgress' | 'IdempotencyKeyInvalid' }
    )
   };

export type SetPostalAddressMutationVariables = Exact<{
  input: PostalAddressInput;
}>;


export type SetPostalAddressMutation = { readonly setPostalAddress:
    | { readonly __typename: 'PostalAddressSet' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PostalAddressInvalid' | 'DetailNotCollected' }
    )
   };

export type PostalAddressQueryVariables = Exact<{ [key: string]: never; }>;


export type PostalAddressQuery = { readonly viewer: { readonly account: { readonly id: string, readonly postalAddress: { readonly name: string, readonly street: string, readonly number: string, readonly postalCode: string, readonly city: string, readonly country: string } | null } } | null };

export type OrderLineFragment = { readonly id: string, readonly status: OrderStatus, readonly product: string, readonly quantity: number, readonly fulfilled: number, readonly credits: number, readonly creditUnit: CreditUnit | null, readonly placedAt: string, readonly net: { readonly amount: string, readonly currency: Currency }, readonly gross: { readonly amount: string, readonly currency: Currency }, readonly cancellation: { readonly reason: CancellationReason, readonly at: string, readonly fee: { readonly amount: string, readonly currency: Currency }, readonly refund: { readonly amount: string, readonly currency: Currency } } | null, readonly parameters:
    | (
      { readonly packs: number, readonly reference: string | null }
      & { readonly __typename: 'CreditPackParameters' }
    )
    | (
      { readonly addresses: number, readonly checkMailbox: boolean, readonly listName: string | null, readonly reference: string | null }
      & { readonly __typename: 'EmailVerificationParameters' }
    )
    | (
      { readonly numbers: number, readonly country: string, readonly reference: string | null }
      & { readonly __typename: 'NumberLookupParameters' }
    )
    | { readonly __typename: 'AutomaticCreditsParameters' }
   | null };

export type TeamQueryVariables = Exact<{ [key: string]: never; }>;


export type TeamQuery = { readonly viewer: { readonly account: { readonly id: string, readonly plan: { readonly seats: { readonly limit: number, readonly used: number } }, readonly people: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly login: string | null, readonly role: MemberRole | null, readonly email: string | null, readonly emailVerifiedAt: string | null, readonly createdAt: string, readonly removedAt: string | null, readonly withdrawnAt: string | null } }> }, readonly invitations: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly role: MemberRole, readonly email: string | null, readonly createdAt: string, readonly expiresAt: string } }> } } } | null };

export type InviteMemberMutationVariables = Exact<{
  input: InviteMemberInput;
}>;


export type InviteMemberMutation = { readonly inviteMember:
    | (
      { readonly token: string | null, readonly invitation: { readonly id: string } }
      & { readonly __typename: 'MemberInvited' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'DetailNotCollected' | 'EmailInvalid' | 'RoleNotGrantable' | 'StepUpRequired' | 'MemberLimitReached' | 'ProcessingRestricted' }
    )
   };

export type RevokeInvitationMutationVariables = Exact<{
  input: RevokeInvitationInput;
}>;


export type RevokeInvitationMutation = { readonly revokeInvitation:
    | { readonly __typename: 'InvitationRevoked' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'InvitationNotFound' }
    )
   };

export type AcceptInvitationMutationVariables = Exact<{
  input: AcceptInvitationInput;
}>;


export type AcceptInvitationMutation = { readonly acceptInvitation:
    | { readonly __typename: 'MemberJoined' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'InvitationInvalid' | 'MemberLimitReached' | 'LoginInvalid' | 'LoginTaken' }
    )
    | (
      { readonly hint: string | null, readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PasswordTooWeak' }
    )
   };

export type ChangeRoleMutationVariables = Exact<{
  input: ChangeRoleInput;
}>;


export type ChangeRoleMutation = { readonly changeRole:
    | { readonly __typename: 'RoleChanged' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'MemberNotFound' | 'RoleNotGrantable' | 'StepUpRequired' | 'LastOwner' | 'ProcessingRestricted' }
    )
   };

export type RemoveMemberMutationVariables = Exact<{
  input: RemoveMemberInput;
}>;


export type RemoveMemberMutation = { readonly removeMember:
    | { readonly __typename: 'MemberRemoved' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'MemberNotFound' | 'RoleNotGrantable' | 'StepUpRequired' | 'LastOwner' }
    )
   };

export type ApiKeysQueryVariables = Exact<{ [key: string]: never; }>;


export type ApiKeysQuery = { readonly viewer: { readonly account: { readonly id: string, readonly apiKeys: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly name: string | null, readonly prefix: string, readonly scopes: ReadonlyArray<Scope>, readonly createdAt: string, readonly expiresAt: string | null, readonly revokedAt: string | null, readonly lastUsedAt: string | null } }> } } } | null, readonly keyPoliciesInForce: ReadonlyArray<{ readonly document: string, readonly version: string }> };

export type AcceptPolicyMutationVariables = Exact<{
  input: PolicyVersionInput;
}>;


export type AcceptPolicyMutation = { readonly acceptPolicy:
    | { readonly __typename: 'PolicyAccepted' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PolicyNotInForce' | 'PolicyLanguageUnknown' }
    )
   };

export type CreateApiKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateApiKeyMutation = { readonly createApiKey:
    | (
      { readonly secret: string, readonly apiKey: { readonly id: string, readonly name: string | null, readonly prefix: string } }
      & { readonly __typename: 'ApiKeyCreated' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'ApiKeyNameInvalid' | 'ScopeNotGrantable' | 'ApiKeyExpiryInvalid' | 'ApiKeyLimitReached' | 'AcceptanceMissing' | 'ApiKeysIssuedBySupport' | 'PrivacyPolicyUrlInvalid' }
    )
   };

export type RevokeApiKeyMutationVariables = Exact<{
  input: RevokeApiKeyInput;
}>;


export type RevokeApiKeyMutation = { readonly revokeApiKey:
    | { readonly __typename: 'ApiKeyRevoked' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'ApiKeyNotFound' }
    )
   };

export type SessionsQueryVariables = Exact<{ [key: string]: never; }>;


export type SessionsQuery = { readonly viewer: { readonly account: { readonly id: string, readonly sessions: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly createdAt: string, readonly lastUsedAt: string, readonly expiresAt: string, readonly revokedAt: string | null, readonly userAgent: string | null, readonly address: string | null, readonly isCurrent: boolean, readonly secondFactorAt: string | null } }> } } } | null };

export type RevokeSessionMutationVariables = Exact<{
  input: RevokeSessionInput;
}>;


export type RevokeSessionMutation = { readonly revokeSession:
    | { readonly __typename: 'SessionRevoked' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'SessionNotFound' }
    )
   };

export type EnrolTotpMutationVariables = Exact<{ [key: string]: never; }>;


export type EnrolTotpMutation = { readonly enrolTotp:
    | (
      { readonly secret: string, readonly qrSvg: string }
      & { readonly __typename: 'TotpOffered' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'TotpAlreadyOn' | 'StepUpRequired' | 'SessionNotFound' }
    )
   };

export type ConfirmTotpMutationVariables = Exact<{
  input: ConfirmTotpInput;
}>;


export type ConfirmTotpMutation = { readonly confirmTotp:
    | (
      { readonly recoveryCodes: ReadonlyArray<string> }
      & { readonly __typename: 'TotpConfirmed' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'TotpNotPending' | 'SecondFactorInvalid' | 'TooManyAttempts' | 'SessionNotFound' }
    )
   };

export type DisableTotpMutationVariables = Exact<{ [key: string]: never; }>;


export type DisableTotpMutation = { readonly disableTotp:
    | { readonly __typename: 'TotpDisabled' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'SecondFactorMissing' | 'SecondFactorNeeded' | 'StepUpRequired' | 'SessionNotFound' }
    )
   };

export type CreateRecoveryCodesMutationVariables = Exact<{ [key: string]: never; }>;


export type CreateRecoveryCodesMutation = { readonly createRecoveryCodes:
    | (
      { readonly codes: ReadonlyArray<string> }
      & { readonly __typename: 'RecoveryCodesCreated' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'StepUpRequired' | 'SessionNotFound' }
    )
   };

export type StartPasskeyRegistrationMutationVariables = Exact<{ [key: string]: never; }>;


export type StartPasskeyRegistrationMutation = { readonly startPasskeyRegistration:
    | (
      { readonly creation: { readonly token: string, readonly challenge: string, readonly rpId: string, readonly rpName: string, readonly userId: string, readonly userName: string, readonly algorithms: ReadonlyArray<number>, readonly excludedCredentialIds: ReadonlyArray<string> } }
      & { readonly __typename: 'PasskeyRegistrationStarted' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PasskeyLimitReached' | 'StepUpRequired' | 'SessionNotFound' }
    )
   };

export type RegisterPasskeyMutationVariables = Exact<{
  input: RegisterPasskeyInput;
}>;


export type RegisterPasskeyMutation = { readonly registerPasskey:
    | { readonly __typename: 'PasskeyRegistered' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PasskeyNameInvalid' | 'PasskeyInvalid' | 'ChallengeInvalid' | 'PasskeyLimitReached' | 'SessionNotFound' }
    )
   };

export type RemovePasskeyMutationVariables = Exact<{
  input: RemovePasskeyInput;
}>;


export type RemovePasskeyMutation = { readonly removePasskey:
    | { readonly __typename: 'PasskeyRemoved' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PasskeyNotFound' | 'SecondFactorNeeded' | 'StepUpRequired' | 'SessionNotFound' }
    )
   };

export type ChangePasswordMutationVariables = Exact<{
  input: ChangePasswordInput;
}>;


export type ChangePasswordMutation = { readonly changePassword:
    | { readonly __typename: 'PasswordChanged' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'CredentialsInvalid' | 'TooManyAttempts' }
    )
    | (
      { readonly hint: string | null, readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PasswordTooWeak' }
    )
   };

export type PlanPageQueryVariables = Exact<{
  currency: Currency;
}>;


export type PlanPageQuery = { readonly planCatalog: ReadonlyArray<{ readonly code: string, readonly usersMax: number, readonly limits: { readonly messagesADay: number | null, readonly messagesAMonth: number | null }, readonly prices: ReadonlyArray<{ readonly cycle: PlanCycle, readonly price: { readonly amount: string, readonly currency: Currency }, readonly seatPrice: { readonly amount: string, readonly currency: Currency } }> }>, readonly viewer: { readonly account: { readonly id: string, readonly plan: { readonly status: PlanStatus, readonly cycle: PlanCycle | null, readonly periodEnd: string | null, readonly renewsAt: string | null, readonly cancelledAt: string | null, readonly endsAt: string | null, readonly plan: { readonly code: string, readonly usersMax: number }, readonly limits: { readonly messagesADay: number | null, readonly messagesAMonth: number | null }, readonly seats: { readonly limit: number, readonly extra: number, readonly used: number, readonly purchases: ReadonlyArray<{ readonly id: string, readonly cycle: PlanCycle, readonly seats: number, readonly status: PlanStatus, readonly periodEnd: string | null }> }, readonly nextCharge: { readonly at: string, readonly gross: { readonly amount: string, readonly currency: Currency } } | null }, readonly paymentMethods: ReadonlyArray<{ readonly id: string, readonly status: PaymentMethodStatus, readonly brand: string | null, readonly last4: string | null, readonly isDefault: boolean, readonly savedFor: PaymentMethodPurpose }> } } | null };

export type InvoicesQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type InvoicesQuery = { readonly viewer: { readonly account: { readonly id: string, readonly invoices: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly kind: InvoiceKind, readonly number: string, readonly issuedAt: string, readonly gross: { readonly amount: string, readonly currency: Currency }, readonly net: { readonly amount: string, readonly currency: Currency }, readonly links: { readonly html: string, readonly pdf: string } } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } } | null };

export type WatchPlanSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchPlanSubscription = { readonly planChanged: { readonly kind: FeedEventKind, readonly sequence: string } };

export type StartPlanMutationVariables = Exact<{
  input: StartPlanInput;
}>;


export type StartPlanMutation = { readonly startPlan:
    | { readonly __typename: 'PlanOrdered' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PlanUnknown' | 'PlanAlreadyRunning' | 'NoValidPaymentMethod' | 'TooManyTopUps' | 'PostalAddressMissing' | 'CountryMissing' | 'IdempotencyMismatch' | 'IdempotencyInProgress' | 'IdempotencyKeyInvalid' | 'ProcessingRestricted' }
    )
   };

export type CancelPlanMutationVariables = Exact<{ [key: string]: never; }>;


export type CancelPlanMutation = { readonly cancelPlan:
    | { readonly __typename: 'PlanCancelled' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'NoPaidPlan' | 'NoValidPaymentMethod' | 'TooManyTopUps' | 'CountryMissing' }
    )
   };

export type ResumePlanMutationVariables = Exact<{ [key: string]: never; }>;


export type ResumePlanMutation = { readonly resumePlan:
    | { readonly __typename: 'PlanResumed' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'NoPaidPlan' | 'PlanNotCancelled' | 'NoValidPaymentMethod' | 'TooManyTopUps' | 'CountryMissing' | 'ProcessingRestricted' }
    )
   };

export type PlanNowFragment = { readonly status: PlanStatus, readonly cycle: PlanCycle | null, readonly periodEnd: string | null, readonly renewsAt: string | null, readonly cancelledAt: string | null, readonly endsAt: string | null, readonly plan: { readonly code: string, readonly usersMax: number }, readonly limits: { readonly messagesADay: number | null, readonly messagesAMonth: number | null }, readonly seats: { readonly limit: number, readonly extra: number, readonly used: number, readonly purchases: ReadonlyArray<{ readonly id: string, readonly cycle: PlanCycle, readonly seats: number, readonly status: PlanStatus, readonly periodEnd: string | null }> }, readonly nextCharge: { readonly at: string, readonly gross: { readonly amount: string, readonly currency: Currency } } | null };

export type BuySeatsMutationVariables = Exact<{
  input: BuySeatsInput;
}>;


export type BuySeatsMutation = { readonly buySeats:
    | { readonly __typename: 'SeatsOrdered' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'NoPaidPlan' | 'SeatsOutOfRange' | 'TooManySeatPurchases' | 'NoValidPaymentMethod' | 'TooManyTopUps' | 'CountryMissing' | 'IdempotencyMismatch' | 'IdempotencyInProgress' | 'IdempotencyKeyInvalid' | 'ProcessingRestricted' }
    )
   };

export type RemoveSeatsMutationVariables = Exact<{
  input: RemoveSeatsInput;
}>;


export type RemoveSeatsMutation = { readonly removeSeats:
    | { readonly __typename: 'SeatsRemoved' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'SeatsNotFound' | 'SeatsOutOfRange' | 'PlanPaymentPending' | 'TooManyTopUps' | 'CountryMissing' }
    )
   };

export type KeepSeatsMutationVariables = Exact<{
  input: KeepSeatsInput;
}>;


export type KeepSeatsMutation = { readonly keepSeats:
    | { readonly __typename: 'SeatsKept' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'SeatsNotFound' | 'PlanNotCancelled' | 'NoValidPaymentMethod' | 'TooManyTopUps' | 'CountryMissing' | 'ProcessingRestricted' }
    )
   };

export type PrivacyCentreQueryVariables = Exact<{
  language: string;
}>;


export type PrivacyCentreQuery = { readonly purposesWithConsent: ReadonlyArray<string>, readonly viewer: { readonly account: { readonly id: string, readonly restrictablePurposes: ReadonlyArray<string>, readonly restrictions: ReadonlyArray<{ readonly id: string, readonly right: ProcessingRight, readonly purpose: string | null, readonly requestId: string, readonly since: string }>, readonly consents: ReadonlyArray<{ readonly id: string, readonly purpose: string, readonly policyVersion: string, readonly givenAt: string, readonly withdrawnAt: string | null }>, readonly disclosures: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly ground: DisclosureGround, readonly recipientClass: RecipientClass, readonly recipient: string | null, readonly categories: ReadonlyArray<string>, readonly disclosedAt: string } }> } } } | null, readonly policy: { readonly version: string, readonly effectiveAt: string, readonly clauses: ReadonlyArray<{ readonly id: string, readonly title: string, readonly value: string, readonly state: PolicyClauseState }> } | null };

export type DataExportsQueryVariables = Exact<{ [key: string]: never; }>;


export type DataExportsQuery = { readonly dataExports: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly scope: DataExportScope, readonly status: DataExportStatus, readonly tablesDone: number, readonly tablesTotal: number, readonly rows: string, readonly sizeBytes: string, readonly createdAt: string, readonly readyAt: string | null, readonly expiresAt: string | null } }> } };

export type WatchRequestsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchRequestsSubscription = { readonly privacyRequestChanged: { readonly kind: FeedEventKind, readonly sequence: string, readonly request: { readonly id: string, readonly kind: PrivacyRequestKind, readonly source: PrivacyRequestSource, readonly state: PrivacyRequestState, readonly purposes: ReadonlyArray<string>, readonly text: string | null, readonly receivedAt: string, readonly dueAt: string, readonly extendedAt: string | null, readonly endedAt: string | null, readonly ground: RefusalGround | null, readonly answer: string | null } | null, readonly newest: ReadonlyArray<{ readonly id: string, readonly kind: PrivacyRequestKind, readonly source: PrivacyRequestSource, readonly state: PrivacyRequestState, readonly purposes: ReadonlyArray<string>, readonly text: string | null, readonly receivedAt: string, readonly dueAt: string, readonly extendedAt: string | null, readonly endedAt: string | null, readonly ground: RefusalGround | null, readonly answer: string | null }> } };

export type WatchExportSubscriptionVariables = Exact<{
  id: string | number;
  after?: string | null | undefined;
}>;


export type WatchExportSubscription = { readonly dataExportChanged: { readonly kind: FeedEventKind, readonly sequence: string, readonly export: { readonly id: string, readonly scope: DataExportScope, readonly status: DataExportStatus, readonly tablesDone: number, readonly tablesTotal: number, readonly rows: string, readonly sizeBytes: string, readonly createdAt: string, readonly readyAt: string | null, readonly expiresAt: string | null } | null } };

export type RequestExportMutationVariables = Exact<{
  input: RequestExportInput;
}>;


export type RequestExportMutation = { readonly requestExport:
    | (
      { readonly export: { readonly id: string, readonly scope: DataExportScope, readonly status: DataExportStatus, readonly tablesDone: number, readonly tablesTotal: number, readonly rows: string, readonly sizeBytes: string, readonly createdAt: string, readonly readyAt: string | null, readonly expiresAt: string | null } }
      & { readonly __typename: 'ExportRequested' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'StepUpRequired' | 'DataExportForbidden' | 'PrivacyRequestChannelClosed' | 'PrivacyRequestLimitReached' | 'ProcessingRestricted' }
    )
    | (
      { readonly exportId: string, readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'DataExportRunning' }
    )
   };

export type CancelExportMutationVariables = Exact<{
  input: CancelExportInput;
}>;


export type CancelExportMutation = { readonly cancelExport:
    | { readonly __typename: 'ExportCancelled' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'DataExportNotFound' | 'DataExportForbidden' | 'DataExportStatusConflict' | 'ProcessingRestricted' }
    )
   };

export type CreateExportLinkMutationVariables = Exact<{
  input: CreateExportLinkInput;
}>;


export type CreateExportLinkMutation = { readonly createExportLink:
    | (
      { readonly path: string, readonly expiresAt: string }
      & { readonly __typename: 'ExportLinkCreated' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'StepUpRequired' | 'DataExportNotFound' | 'DataExportForbidden' | 'DataExportStatusConflict' | 'ProcessingRestricted' }
    )
   };

export type RequestRectificationMutationVariables = Exact<{
  input: RequestRectificationInput;
}>;


export type RequestRectificationMutation = { readonly requestRectification:
    | (
      { readonly request: { readonly id: string, readonly kind: PrivacyRequestKind, readonly source: PrivacyRequestSource, readonly state: PrivacyRequestState, readonly purposes: ReadonlyArray<string>, readonly text: string | null, readonly receivedAt: string, readonly dueAt: string, readonly extendedAt: string | null, readonly endedAt: string | null, readonly ground: RefusalGround | null, readonly answer: string | null } }
      & { readonly __typename: 'PrivacyRequestFiled' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PrivacyRequestTextInvalid' | 'PrivacyRequestLimitReached' }
    )
   };

export type RaiseConcernMutationVariables = Exact<{
  input: RaiseConcernInput;
}>;


export type RaiseConcernMutation = { readonly raiseConcern:
    | (
      { readonly request: { readonly id: string, readonly kind: PrivacyRequestKind, readonly source: PrivacyRequestSource, readonly state: PrivacyRequestState, readonly purposes: ReadonlyArray<string>, readonly text: string | null, readonly receivedAt: string, readonly dueAt: string, readonly extendedAt: string | null, readonly endedAt: string | null, readonly ground: RefusalGround | null, readonly answer: string | null } }
      & { readonly __typename: 'PrivacyRequestFiled' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PrivacyRequestTextInvalid' | 'PrivacyRequestLimitReached' }
    )
   };

export type RestrictProcessingMutationVariables = Exact<{
  input: RestrictProcessingInput;
}>;


export type RestrictProcessingMutation = { readonly restrictProcessing:
    | { readonly __typename: 'ProcessingLimited' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PrivacyRequestPurposesInvalid' | 'PrivacyRequestLimitReached' }
    )
   };

export type LiftRestrictionMutationVariables = Exact<{
  input: LiftRestrictionInput;
}>;


export type LiftRestrictionMutation = { readonly liftRestriction:
    | { readonly __typename: 'RestrictionLifted' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'RestrictionNotFound' }
    )
   };

export type WithdrawRequestMutationVariables = Exact<{
  input: WithdrawPrivacyRequestInput;
}>;


export type WithdrawRequestMutation = { readonly withdrawPrivacyRequest:
    | { readonly __typename: 'PrivacyRequestWithdrawn' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PrivacyRequestNotFound' | 'PrivacyRequestStatusConflict' }
    )
   };

export type GiveConsentMutationVariables = Exact<{
  input: ConsentInput;
}>;


export type GiveConsentMutation = { readonly giveConsent:
    | { readonly __typename: 'ConsentGiven' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PurposeUnknown' | 'ProcessingRestricted' }
    )
   };

export type WithdrawConsentMutationVariables = Exact<{
  input: ConsentInput;
}>;


export type WithdrawConsentMutation = { readonly withdrawConsent:
    | { readonly __typename: 'ConsentWithdrawn' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'NoConsent' }
    )
   };

export type ErasurePreviewQueryVariables = Exact<{ [key: string]: never; }>;


export type ErasurePreviewQuery = { readonly erasurePreview: { readonly scope: ErasureScope, readonly lossesDigest: string, readonly warning: string, readonly warningVersion: string, readonly dueAt: string, readonly losses: ReadonlyArray<{ readonly kind: LossKind, readonly unit: string | null, readonly quantity: string, readonly until: string | null }> } };

export type RequestErasureMutationVariables = Exact<{
  input: RequestErasureInput;
}>;


export type RequestErasureMutation = { readonly requestErasure:
    | (
      { readonly erasure: { readonly id: string, readonly state: ErasureState, readonly dueAt: string } }
      & { readonly __typename: 'ErasureRequested' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'ErasureScopeRefused' | 'ErasureWarningNotAcknowledged' | 'LossesNotAcknowledged' | 'StepUpRequired' | 'AccountStatusConflict' | 'IdempotencyMismatch' | 'IdempotencyInProgress' | 'IdempotencyKeyInvalid' | 'ProcessingRestricted' }
    )
   };

export type ClosurePreviewQueryVariables = Exact<{ [key: string]: never; }>;


export type ClosurePreviewQuery = { readonly closurePreview: { readonly digest: string, readonly losses: ReadonlyArray<{ readonly kind: LossKind, readonly unit: string | null, readonly quantity: string, readonly until: string | null }> } };

export type CloseAccountMutationVariables = Exact<{
  input: CloseAccountInput;
}>;


export type CloseAccountMutation = { readonly closeAccount:
    | (
      { readonly closedAt: string }
      & { readonly __typename: 'AccountClosed' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'LossesNotAcknowledged' | 'StepUpRequired' | 'AccountStatusConflict' | 'IdempotencyMismatch' | 'IdempotencyInProgress' | 'IdempotencyKeyInvalid' }
    )
   };

export type ErasureQueryVariables = Exact<{
  id: string | number;
}>;


export type ErasureQuery = { readonly erasure: { readonly id: string, readonly state: ErasureState, readonly scope: ErasureScope, readonly dueAt: string, readonly liveErasedAt: string | null, readonly certificate: { readonly text: string, readonly signature: string, readonly genuine: boolean } | null } | null };

export type ExportLineFragment = { readonly id: string, readonly scope: DataExportScope, readonly status: DataExportStatus, readonly tablesDone: number, readonly tablesTotal: number, readonly rows: string, readonly sizeBytes: string, readonly createdAt: string, readonly readyAt: string | null, readonly expiresAt: string | null };

export type RequestLineFragment = { readonly id: string, readonly kind: PrivacyRequestKind, readonly source: PrivacyRequestSource, readonly state: PrivacyRequestState, readonly purposes: ReadonlyArray<string>, readonly text: string | null, readonly receivedAt: string, readonly dueAt: string, readonly extendedAt: string | null, readonly endedAt: string | null, readonly ground: RefusalGround | null, readonly answer: string | null };

export type DataAccessQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type DataAccessQuery = { readonly viewer: { readonly account: { readonly id: string, readonly dataAccess: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly at: string, readonly reader: DataReader, readonly roles: ReadonlyArray<StaffRole>, readonly handle: string | null, readonly resellerAccountId: string | null, readonly purpose: string, readonly fields: ReadonlyArray<string> } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } } | null };

export type WatchMyIncidentsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchMyIncidentsSubscription = { readonly incidentNotified: { readonly kind: FeedEventKind, readonly sequence: string, readonly incident: { readonly id: string, readonly kind: SecurityReportKind, readonly state: IncidentState, readonly occurredAt: string | null, readonly knownAt: string, readonly categories: ReadonlyArray<string>, readonly message: string | null, readonly toldAt: string, readonly closedAt: string | null } | null, readonly newest: ReadonlyArray<{ readonly id: string, readonly kind: SecurityReportKind, readonly state: IncidentState, readonly occurredAt: string | null, readonly knownAt: string, readonly categories: ReadonlyArray<string>, readonly message: string | null, readonly toldAt: string, readonly closedAt: string | null }> } };

export type MyIncidentFragment = { readonly id: string, readonly kind: SecurityReportKind, readonly state: IncidentState, readonly occurredAt: string | null, readonly knownAt: string, readonly categories: ReadonlyArray<string>, readonly message: string | null, readonly toldAt: string, readonly closedAt: string | null };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { readonly viewer: { readonly pendingEmail: string | null, readonly recoveryCodesLeft: number, readonly requirements: ReadonlyArray<Requirement>, readonly account: { readonly id: string, readonly status: AccountStatus, readonly currency: Currency, readonly country: string | null, readonly createdAt: string, readonly unreadNotices: number }, readonly person: { readonly id: string, readonly login: string | null, readonly role: MemberRole | null, readonly email: string | null, readonly emailVerifiedAt: string | null } | null, readonly session: { readonly id: string, readonly expiresAt: string } | null, readonly secondFactor: { readonly totpSince: string | null, readonly isRequired: boolean, readonly isAdvised: boolean, readonly passkeys: ReadonlyArray<{ readonly id: string, readonly name: string | null, readonly createdAt: string, readonly lastUsedAt: string | null }> } | null, readonly staff: { readonly roles: ReadonlyArray<StaffRole>, readonly scope: string, readonly authorisedUntil: string } | null } | null };

export type TermsQueryVariables = Exact<{ [key: string]: never; }>;


export type TermsQuery = { readonly policyInForce: { readonly document: string, readonly version: string } };

export type SignInMutationVariables = Exact<{
  input: SignInInput;
}>;


export type SignInMutation = { readonly signIn:
    | (
      { readonly deviceToken: string, readonly requirements: ReadonlyArray<Requirement> }
      & { readonly __typename: 'SignedIn' }
    )
    | (
      { readonly challenge: string, readonly factors: ReadonlyArray<SecondFactor>, readonly expiresAt: string, readonly passkey: { readonly token: string, readonly challenge: string, readonly rpId: string, readonly allowedCredentialIds: ReadonlyArray<string> } | null }
      & { readonly __typename: 'SecondFactorRequired' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'CredentialsInvalid' }
    )
    | (
      { readonly retryAfterSeconds: number, readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'TooManyAttempts' }
    )
   };

export type CompleteSignInMutationVariables = Exact<{
  input: CompleteSignInInput;
}>;


export type CompleteSignInMutation = { readonly completeSignIn:
    | (
      { readonly deviceToken: string, readonly requirements: ReadonlyArray<Requirement> }
      & { readonly __typename: 'SignedIn' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'ChallengeInvalid' | 'SecondFactorInvalid' | 'CredentialsInvalid' | 'TooManyAttempts' }
    )
   };

export type StartPasskeySignInMutationVariables = Exact<{ [key: string]: never; }>;


export type StartPasskeySignInMutation = { readonly startPasskeySignIn: (
    { readonly request: { readonly token: string, readonly challenge: string, readonly rpId: string, readonly allowedCredentialIds: ReadonlyArray<string> } }
    & { readonly __typename: 'PasskeySignInStarted' }
  ) };

export type SignInWithPasskeyMutationVariables = Exact<{
  input: SignInWithPasskeyInput;
}>;


export type SignInWithPasskeyMutation = { readonly signInWithPasskey:
    | (
      { readonly deviceToken: string, readonly requirements: ReadonlyArray<Requirement> }
      & { readonly __typename: 'SignedIn' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'ChallengeInvalid' | 'PasskeyInvalid' | 'CredentialsInvalid' }
    )
   };

export type RegisterMutationVariables = Exact<{
  input: RegisterInput;
}>;


export type RegisterMutation = { readonly register:
    | (
      { readonly accountId: string }
      & { readonly __typename: 'Registered' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'LoginInvalid' | 'LoginTaken' | 'AcceptanceMissing' | 'PolicyLanguageUnknown' | 'DetailNotCollected' | 'UnknownCountry' | 'IndustryExcluded' | 'ProfessionalUseOnly' | 'AgeNotDeclared' | 'BirthDateInvalid' | 'TooYoung' }
    )
    | (
      { readonly hint: string | null, readonly lengthMin: number, readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PasswordTooWeak' }
    )
   };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { readonly signOut:
    | { readonly __typename: 'SignedOut' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'SessionNotFound' }
    )
   };

export type ConfirmPasswordMutationVariables = Exact<{
  input: ConfirmPasswordInput;
}>;


export type ConfirmPasswordMutation = { readonly confirmPassword:
    | (
      { readonly steppedUpUntil: string }
      & { readonly __typename: 'PasswordConfirmed' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'CredentialsInvalid' | 'TooManyAttempts' }
    )
   };

export type ConfirmSecondFactorMutationVariables = Exact<{
  input: ConfirmSecondFactorInput;
}>;


export type ConfirmSecondFactorMutation = { readonly confirmSecondFactor:
    | (
      { readonly steppedUpUntil: string }
      & { readonly __typename: 'SecondFactorConfirmed' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'SecondFactorMissing' | 'SecondFactorInvalid' | 'TooManyAttempts' | 'SessionNotFound' }
    )
   };

export type RequestPasswordResetMutationVariables = Exact<{
  input: RequestPasswordResetInput;
}>;


export type RequestPasswordResetMutation = { readonly requestPasswordReset:
    | (
      { readonly expiresAt: string }
      & { readonly __typename: 'PasswordResetRequested' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'EmailInvalid' }
    )
   };

export type ResetPasswordMutationVariables = Exact<{
  input: ResetPasswordInput;
}>;


export type ResetPasswordMutation = { readonly resetPassword:
    | { readonly __typename: 'PasswordWasReset' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'ResetTokenInvalid' }
    )
    | (
      { readonly hint: string | null, readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PasswordTooWeak' }
    )
   };

export type ResetPasswordWithCodeMutationVariables = Exact<{
  input: ResetPasswordWithCodeInput;
}>;


export type ResetPasswordWithCodeMutation = { readonly resetPasswordWithCode:
    | { readonly __typename: 'PasswordWasReset' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'RecoveryCodeInvalid' }
    )
    | (
      { readonly hint: string | null, readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PasswordTooWeak' }
    )
   };

export type SetEmailMutationVariables = Exact<{
  input: SetEmailInput;
}>;


export type SetEmailMutation = { readonly setEmail:
    | (
      { readonly expiresAt: string }
      & { readonly __typename: 'EmailCodeSent' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'EmailInvalid' | 'StepUpRequired' | 'TooManyMails' | 'DetailNotCollected' | 'SessionNotFound' }
    )
   };

export type ResendEmailCodeMutationVariables = Exact<{ [key: string]: never; }>;


export type ResendEmailCodeMutation = { readonly resendEmailCode:
    | (
      { readonly expiresAt: string }
      & { readonly __typename: 'EmailCodeSent' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'NothingToVerify' | 'TooManyMails' | 'SessionNotFound' }
    )
   };

export type VerifyEmailMutationVariables = Exact<{
  input: VerifyEmailInput;
}>;


export type VerifyEmailMutation = { readonly verifyEmail:
    | (
      { readonly verifiedAt: string }
      & { readonly __typename: 'EmailVerified' }
    )
    | (
      { readonly attemptsLeft: number, readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'EmailCodeInvalid' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'NothingToVerify' | 'EmailTaken' | 'SessionNotFound' }
    )
   };

export type PasskeyAskedFragment = { readonly token: string, readonly challenge: string, readonly rpId: string, readonly allowedCredentialIds: ReadonlyArray<string> };

type Refused_Sc2cqLvYy0v51R3S3jJpLwDnwLJciZgmYy692xq4Q_Fragment = { readonly code: string, readonly message: string, readonly field: string | null };

type Refused_TaKwWsvtnwQ0FwRdbRfjm7xPuUdm0sIy1xiKgqKqI_Fragment = { readonly code: string, readonly message: string, readonly field: string | null };

type Refused_GdQCsb8arZNgLsG84ifwvOQsoNSczTy6vt3AqovFly_Fragment = { readonly code: string, readonly message: string, readonly field: string | null };

type Refused_0nRf09sttbaURusKmV53NZgrKp4Szue7gLcWliBCd0_Fragment = { readonly code: string, readonly message: string, readonly field: string | null };

type Refused_AErwcrw99PQqZ79h6yoLgtO6vdX8Gczj6DfOjDntPbA_Fragment = { readonly code: string, readonly message: string, readonly field: string | null };

type Refused_XudvYdcmdiQMinoFaCrIl7zdiOcjngvv6Pyu0Qwqq_Fragment = { readonly code: string, readonly message: string, readonly field: string | null };

type Refused_PuP7Izb36JvVfnMu2NbFc2cgA30Psf28R0BvsVtc_Fragment = { readonly code: string, readonly message: string, readonly field: string | null };

type Refused_CCgz3hEjwvaJjq7NekOtuq7Be0yiAy2vCc7fpTg4_Fragment = { readonly code: string, readonly message: string, readonly field: string | null };

type Refused_8Jq56nMPwOohcKjTp1n2cB2XebzXlwuHj2V8oqJqxI_Fragment = { readonly code: string, readonly message: string, readonly field: string | null };

type Refused_TwpZLvzzVmXa3DCvhshwXquj7wsCgfmfn1jYw3FHj8_Fragment = { readonly code: string, readonly message: string, readonly field: string | null };

type Refused_MhWfnbHmuXatXeaAciP4dmMaIi1XXj79h12rWfCskFi_Fragment = { readonly code: string, readonly message: string, readonly field: string | null };

type Refused_GAplvfRUmzHFctzagXiwbCKqN4iigbOi7gLqUbI_Fragment = { readonly code: string, readonly message: string, readonly field: string | null };

type Refused_CZBmMgAdnHpl1L5e6Kl2rVl9YEdD9jGpnChFtK9blE_Fragment = { readonly code: string, readonly message: string, readonly field: string | null };

type Refused_Wk5bM0nDl5yj2GpKdIm0e5iGq76kWcF1lKf3NLoBq6g_Fragment = { readonly code: string, readonly message: string, readonly field: string | null };

export type RefusedFragment =
  | Refused_Sc2cqLvYy0v51R3S3jJpLwDnwLJciZgmYy692xq4Q_Fragment
  | Refused_TaKwWsvtnwQ0FwRdbRfjm7xPuUdm0sIy1xiKgqKqI_Fragment
  | Refused_GdQCsb8arZNgLsG84ifwvOQsoNSczTy6vt3AqovFly_Fragment
  | Refused_0nRf09sttbaURusKmV53NZgrKp4Szue7gLcWliBCd0_Fragment
  | Refused_AErwcrw99PQqZ79h6yoLgtO6vdX8Gczj6DfOjDntPbA_Fragment
  | Refused_XudvYdcmdiQMinoFaCrIl7zdiOcjngvv6Pyu0Qwqq_Fragment
  | Refused_PuP7Izb36JvVfnMu2NbFc2cgA30Psf28R0BvsVtc_Fragment
  | Refused_CCgz3hEjwvaJjq7NekOtuq7Be0yiAy2vCc7fpTg4_Fragment
  | Refused_8Jq56nMPwOohcKjTp1n2cB2XebzXlwuHj2V8oqJqxI_Fragment
  | Refused_TwpZLvzzVmXa3DCvhshwXquj7wsCgfmfn1jYw3FHj8_Fragment
  | Refused_MhWfnbHmuXatXeaAciP4dmMaIi1XXj79h12rWfCskFi_Fragment
  | Refused_GAplvfRUmzHFctzagXiwbCKqN4iigbOi7gLqUbI_Fragment
  | Refused_CZBmMgAdnHpl1L5e6Kl2rVl9YEdD9jGpnChFtK9blE_Fragment
  | Refused_Wk5bM0nDl5yj2GpKdIm0e5iGq76kWcF1lKf3NLoBq6g_Fragment
;

export type WatchTicketsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchTicketsSubscription = { readonly ticketChanged: { readonly kind: FeedEventKind, readonly sequence: string, readonly ticket: { readonly id: string, readonly kind: TicketKind, readonly state: TicketState, readonly subject: string | null, readonly receivedAt: string, readonly updatedAt: string } | null, readonly newest: ReadonlyArray<{ readonly id: string, readonly kind: TicketKind, readonly state: TicketState, readonly subject: string | null, readonly receivedAt: string, readonly updatedAt: string }> } };

export type WatchTicketSubscriptionVariables = Exact<{
  id: string | number;
  after?: string | null | undefined;
}>;


export type WatchTicketSubscription = { readonly ticketChanged: { readonly kind: FeedEventKind, readonly sequence: string, readonly ticket: { readonly id: string, readonly kind: TicketKind, readonly state: TicketState, readonly source: TicketSource, readonly subject: string | null, readonly receivedAt: string, readonly dueAt: string | null, readonly closedAt: string | null, readonly updatedAt: string, readonly messages: ReadonlyArray<{ readonly id: string, readonly fromStaff: boolean, readonly text: string | null, readonly receivedAt: string }> } | null } };

export type OpenTicketMutationVariables = Exact<{
  input: OpenTicketInput;
}>;


export type OpenTicketMutation = { readonly openTicket:
    | (
      { readonly ticket: { readonly id: string } }
      & { readonly __typename: 'TicketOpened' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'TicketTextInvalid' | 'TicketLimitReached' }
    )
   };

export type ReportDefectMutationVariables = Exact<{
  input: ReportDefectInput;
}>;


export type ReportDefectMutation = { readonly reportDefect:
    | (
      { readonly receipt: string, readonly receivedAt: string }
      & { readonly __typename: 'DefectReported' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'TicketTextInvalid' | 'TicketLimitReached' }
    )
   };

export type ReplyToTicketMutationVariables = Exact<{
  input: ReplyToTicketInput;
}>;


export type ReplyToTicketMutation = { readonly replyToTicket:
    | { readonly __typename: 'TicketReplied' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'TicketNotFound' | 'TicketClosedForGood' | 'TicketTextInvalid' | 'TicketLimitReached' }
    )
   };

export type CloseTicketMutationVariables = Exact<{
  input: CloseTicketInput;
}>;


export type CloseTicketMutation = { readonly closeTicket:
    | { readonly __typename: 'TicketClosed' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'TicketNotFound' | 'TicketStatusConflict' }
    )
   };

export type TicketLineFragment = { readonly id: string, readonly kind: TicketKind, readonly state: TicketState, readonly subject: string | null, readonly receivedAt: string, readonly updatedAt: string };

export type TicketThreadFragment = { readonly id: string, readonly kind: TicketKind, readonly state: TicketState, readonly source: TicketSource, readonly subject: string | null, readonly receivedAt: string, readonly dueAt: string | null, readonly closedAt: string | null, readonly updatedAt: string, readonly messages: ReadonlyArray<{ readonly id: string, readonly fromStaff: boolean, readonly text: string | null, readonly receivedAt: string }> };

export type SandboxTokensQueryVariables = Exact<{ [key: string]: never; }>;


export type SandboxTokensQuery = { readonly sandboxTokens: ReadonlyArray<{ readonly token: string, readonly description: string }> };

export type AutoTopUpsQueryVariables = Exact<{ [key: string]: never; }>;


export type AutoTopUpsQuery = { readonly viewer: { readonly account: { readonly id: string, readonly currency: Currency, readonly autoTopUps: ReadonlyArray<{ readonly id: string, readonly unit: Unit, readonly state: AutoTopUpState, readonly enabled: boolean, readonly below: string, readonly add: string, readonly currency: Currency, readonly methodId: string | null, readonly suspension: AutoTopUpSuspension | null, readonly heldBack: boolean, readonly capPerDay: { readonly amount: string, readonly currency: Currency } | null, readonly capPerMonth: { readonly amount: string, readonly currency: Currency } | null, readonly spentToday: { readonly amount: string, readonly currency: Currency }, readonly spentThisMonth: { readonly amount: string, readonly currency: Currency }, readonly lastDecision: { readonly at: string, readonly decision: AutoTopUpVerdict, readonly explanation: string, readonly available: string, readonly threshold: string, readonly nextAt: string | null } | null }> } } | null };

export type WatchTopUpsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchTopUpsSubscription = { readonly topUpChanged: { readonly kind: FeedEventKind, readonly sequence: string, readonly topUp: { readonly id: string, readonly createdAt: string, readonly status: TopUpStatus, readonly failureCode: TopUpFailureCode | null, readonly nextAction: TopUpNextAction | null, readonly purpose: TopUpPurpose, readonly amount: { readonly amount: string, readonly currency: Currency }, readonly received: { readonly amount: string, readonly currency: Currency } | null, readonly refunded: { readonly amount: string, readonly currency: Currency } } | null, readonly newest: ReadonlyArray<{ readonly id: string, readonly createdAt: string, readonly status: TopUpStatus, readonly failureCode: TopUpFailureCode | null, readonly nextAction: TopUpNextAction | null, readonly purpose: TopUpPurpose, readonly amount: { readonly amount: string, readonly currency: Currency }, readonly received: { readonly amount: string, readonly currency: Currency } | null, readonly refunded: { readonly amount: string, readonly currency: Currency } }> } };

export type WatchCardsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchCardsSubscription = { readonly paymentMethodChanged: { readonly kind: FeedEventKind, readonly sequence: string, readonly paymentMethod: { readonly id: string, readonly status: PaymentMethodStatus, readonly savedFor: PaymentMethodPurpose, readonly isDefault: boolean, readonly nextAction: TopUpNextAction | null, readonly failureCode: PaymentMethodFailureCode | null, readonly brand: string | null, readonly last4: string | null, readonly expMonth: number | null, readonly expYear: number | null } | null, readonly paymentMethods: ReadonlyArray<{ readonly id: string, readonly status: PaymentMethodStatus, readonly savedFor: PaymentMethodPurpose, readonly isDefault: boolean, readonly nextAction: TopUpNextAction | null, readonly failureCode: PaymentMethodFailureCode | null, readonly brand: string | null, readonly last4: string | null, readonly expMonth: number | null, readonly expYear: number | null }> } };

export type WatchAutoTopUpsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchAutoTopUpsSubscription = { readonly autoTopUpChanged: { readonly kind: FeedEventKind, readonly sequence: string, readonly change: AutoTopUpChange | null, readonly autoTopUp: { readonly id: string, readonly unit: Unit, readonly state: AutoTopUpState, readonly enabled: boolean, readonly below: string, readonly add: string, readonly currency: Currency, readonly methodId: string | null, readonly suspension: AutoTopUpSuspension | null, readonly heldBack: boolean, readonly capPerDay: { readonly amount: string, readonly currency: Currency } | null, readonly capPerMonth: { readonly amount: string, readonly currency: Currency } | null, readonly spentToday: { readonly amount: string, readonly currency: Currency }, readonly spentThisMonth: { readonly amount: string, readonly currency: Currency }, readonly lastDecision: { readonly at: string, readonly decision: AutoTopUpVerdict, readonly explanation: string, readonly available: string, readonly threshold: string, readonly nextAt: string | null } | null } | null, readonly all: ReadonlyArray<{ readonly id: string, readonly unit: Unit, readonly state: AutoTopUpState, readonly enabled: boolean, readonly below: string, readonly add: string, readonly currency: Currency, readonly methodId: string | null, readonly suspension: AutoTopUpSuspension | null, readonly heldBack: boolean, readonly capPerDay: { readonly amount: string, readonly currency: Currency } | null, readonly capPerMonth: { readonly amount: string, readonly currency: Currency } | null, readonly spentToday: { readonly amount: string, readonly currency: Currency }, readonly spentThisMonth: { readonly amount: string, readonly currency: Currency }, readonly lastDecision: { readonly at: string, readonly decision: AutoTopUpVerdict, readonly explanation: string, readonly available: string, readonly threshold: string, readonly nextAt: string | null } | null }> } };

export type CreateTopUpMutationVariables = Exact<{
  input: CreateTopUpInput;
}>;


export type CreateTopUpMutation = { readonly createTopUp:
    | (
      { readonly replayed: boolean, readonly topUp: { readonly id: string, readonly status: TopUpStatus } }
      & { readonly __typename: 'TopUpCreated' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'AmountInvalid' | 'CurrencyNotAccepted' | 'PaymentTokenInvalid' | 'NoValidPaymentMethod' | 'GatewayUnavailable' | 'TooManyTopUps' | 'IdempotencyMismatch' | 'IdempotencyInProgress' | 'IdempotencyKeyInvalid' | 'ProcessingRestricted' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null, readonly minimum: { readonly amount: string, readonly currency: Currency } }
      & { readonly __typename: 'AmountTooSmall' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null, readonly maximum: { readonly amount: string, readonly currency: Currency } }
      & { readonly __typename: 'AmountTooLarge' }
    )
   };

export type ConfirmTopUpMutationVariables = Exact<{
  input: ConfirmTopUpInput;
}>;


export type ConfirmTopUpMutation = { readonly confirmTopUp:
    | (
      { readonly topUp: { readonly id: string, readonly status: TopUpStatus } }
      & { readonly __typename: 'TopUpConfirmed' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'ConfirmationCodeInvalid' | 'TopUpNotFound' | 'TopUpStatusConflict' | 'TooManyConfirmations' | 'IdempotencyMismatch' | 'IdempotencyInProgress' | 'IdempotencyKeyInvalid' | 'ProcessingRestricted' }
    )
   };

export type SaveCardMutationVariables = Exact<{
  input: SavePaymentMethodInput;
}>;


export type SaveCardMutation = { readonly savePaymentMethod:
    | (
      { readonly paymentMethod: { readonly id: string, readonly status: PaymentMethodStatus } }
      & { readonly __typename: 'PaymentMethodAdded' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PaymentTokenInvalid' | 'GatewayUnavailable' | 'TooManyPaymentMethods' | 'TooManySavings' | 'IdempotencyMismatch' | 'IdempotencyInProgress' | 'IdempotencyKeyInvalid' | 'ProcessingRestricted' }
    )
   };

export type RemoveCardMutationVariables = Exact<{
  input: RemovePaymentMethodInput;
}>;


export type RemoveCardMutation = { readonly removePaymentMethod:
    | { readonly __typename: 'PaymentMethodRemoved' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'PaymentMethodNotFound' | 'PaymentMethodStatusConflict' }
    )
   };

export type SetAutoTopUpMutationVariables = Exact<{
  input: AutoTopUpInput;
}>;


export type SetAutoTopUpMutation = { readonly setAutoTopUp:
    | (
      { readonly autoTopUp: { readonly id: string, readonly unit: Unit, readonly state: AutoTopUpState, readonly enabled: boolean, readonly below: string, readonly add: string, readonly currency: Currency, readonly methodId: string | null, readonly suspension: AutoTopUpSuspension | null, readonly heldBack: boolean, readonly capPerDay: { readonly amount: string, readonly currency: Currency } | null, readonly capPerMonth: { readonly amount: string, readonly currency: Currency } | null, readonly spentToday: { readonly amount: string, readonly currency: Currency }, readonly spentThisMonth: { readonly amount: string, readonly currency: Currency }, readonly lastDecision: { readonly at: string, readonly decision: AutoTopUpVerdict, readonly explanation: string, readonly available: string, readonly threshold: string, readonly nextAt: string | null } | null } }
      & { readonly __typename: 'AutoTopUpStored' }
    )
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'AutoTopUpNeedsChannel' | 'AutoTopUpNeedsMethod' | 'AutoTopUpQuantityInvalid' | 'AutoTopUpAmountInvalid' | 'AutoTopUpCapTooLow' | 'QuantityOutOfRange' | 'NotSoldInCurrency' | 'CountryMissing' | 'ProcessingRestricted' }
    )
   };

export type DisableAutoTopUpMutationVariables = Exact<{
  input: AutoTopUpUnitInput;
}>;


export type DisableAutoTopUpMutation = { readonly disableAutoTopUp:
    | { readonly __typename: 'AutoTopUpStored' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'AutoTopUpNotFound' }
    )
   };

export type ResumeAutoTopUpMutationVariables = Exact<{
  input: AutoTopUpUnitInput;
}>;


export type ResumeAutoTopUpMutation = { readonly resumeAutoTopUp:
    | { readonly __typename: 'AutoTopUpStored' }
    | (
      { readonly code: string, readonly message: string, readonly field: string | null }
      & { readonly __typename: 'AutoTopUpNotFound' | 'AutoTopUpNotSuspended' | 'AutoTopUpNeedsChannel' | 'AutoTopUpNeedsMethod' | 'ProcessingRestricted' }
    )
   };

export type TopUpLineFragment = { readonly id: string, readonly createdAt: string, readonly status: TopUpStatus, readonly failureCode: TopUpFailureCode | null, readonly nextAction: TopUpNextAction | null, readonly purpose: TopUpPurpose, readonly amount: { readonly amount: string, readonly currency: Currency }, readonly received: { readonly amount: string, readonly currency: Currency } | null, readonly refunded: { readonly amount: string, readonly currency: Currency } };

export type CardLineFragment = { readonly id: string, readonly status: PaymentMethodStatus, readonly savedFor: PaymentMethodPurpose, readonly isDefault: boolean, readonly nextAction: TopUpNextAction | null, readonly failureCode: PaymentMethodFailureCode | null, readonly brand: string | null, readonly last4: string | null, readonly expMonth: number | null, readonly expYear: number | null };

export type AutoTopUpShownFragment = { readonly id: string, readonly unit: Unit, readonly state: AutoTopUpState, readonly enabled: boolean, readonly below: string, readonly add: string, readonly currency: Currency, readonly methodId: string | null, readonly suspension: AutoTopUpSuspension | null, readonly heldBack: boolean, readonly capPerDay: { readonly amount: string, readonly currency: Currency } | null, readonly capPerMonth: { readonly amount: string, readonly currency: Currency } | null, readonly spentToday: { readonly amount: string, readonly currency: Currency }, readonly spentThisMonth: { readonly amount: string, readonly currency: Currency }, readonly lastDecision: { readonly at: string, readonly decision: AutoTopUpVerdict, readonly explanation: string, readonly available: string, readonly threshold: string, readonly nextAt: string | null } | null };

export type WalletsQueryVariables = Exact<{ [key: string]: never; }>;


export type WalletsQuery = { readonly viewer: { readonly account: { readonly wallets: ReadonlyArray<{ readonly id: string, readonly unit: Unit, readonly openedAt: string, readonly balance: { readonly available: string, readonly held: string, readonly sequence: string } }> } } | null };

export type WalletHistoryQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WalletHistoryQuery = { readonly viewer: { readonly account: { readonly wallets: ReadonlyArray<{ readonly id: string, readonly unit: Unit, readonly postings: { readonly edges: ReadonlyArray<{ readonly node: { readonly sequence: string, readonly kind: PostingKind, readonly amount: string, readonly heldChange: string, readonly postedAfter: string, readonly heldAfter: string, readonly reference: string, readonly at: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } }> } } | null };

export type WatchBalanceSubscriptionVariables = Exact<{
  unit: Unit;
  after?: string | null | undefined;
}>;


export type WatchBalanceSubscription = { readonly balance: { readonly kind: FeedEventKind, readonly sequence: string, readonly unit: Unit, readonly posted: string, readonly held: string, readonly available: string, readonly at: string | null, readonly posting: { readonly sequence: string, readonly kind: PostingKind, readonly amount: string, readonly heldChange: string, readonly postedAfter: string, readonly heldAfter: string, readonly reference: string, readonly at: string } | null } };

export type WatchLatestSubscriptionVariables = Exact<{
  unit: Unit;
  after?: string | null | undefined;
}>;


export type WatchLatestSubscription = { readonly balance: { readonly kind: FeedEventKind, readonly sequence: string, readonly unit: Unit, readonly held: string, readonly available: string, readonly at: string | null } };

export type WatchNoticesSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchNoticesSubscription = { readonly noticePosted: { readonly kind: FeedEventKind, readonly sequence: string, readonly notice: { readonly id: string, readonly kind: NoticeKind, readonly createdAt: string, readonly readAt: string | null, readonly title: string | null, readonly text: string | null } | null, readonly newest: ReadonlyArray<{ readonly id: string, readonly kind: NoticeKind, readonly createdAt: string, readonly readAt: string | null, readonly title: string | null, readonly text: string | null }> } };

export type MarkAllNoticesReadMutationVariables = Exact<{ [key: string]: never; }>;


export type MarkAllNoticesReadMutation = { readonly markAllNoticesRead: { readonly marked: number } };

export type PostingLineFragment = { readonly sequence: string, readonly kind: PostingKind, readonly amount: string, readonly heldChange: string, readonly postedAfter: string, readonly heldAfter: string, readonly reference: string, readonly at: string };

export type NoticeLineFragment = { readonly id: string, readonly kind: NoticeKind, readonly createdAt: string, readonly readAt: string | null, readonly title: string | null, readonly text: string | null };

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
export const CampaignStatusLineFragmentDoc = new TypedDocumentString(`
    fragment CampaignStatusLine on Campaign {
  id
  status
  name
  channel
  recipients
  creditsReserved
  creditsCaptured
  launchedAt
  createdAt
}
    `, {"fragmentName":"CampaignStatusLine"}) as unknown as TypedDocumentString<CampaignStatusLineFragment, unknown>;
export const CampaignLineFragmentDoc = new TypedDocumentString(`
    fragment CampaignLine on Campaign {
  ...CampaignStatusLine
  statistics {
    counts {
      sent {
        total
      }
      delivered {
        total
      }
      opens {
        human
      }
      clicks {
        human
      }
      rates {
        clickToOpen {
          value
        }
      }
    }
  }
}
    fragment CampaignStatusLine on Campaign {
  id
  status
  name
  channel
  recipients
  creditsReserved
  creditsCaptured
  launchedAt
  createdAt
}`, {"fragmentName":"CampaignLine"}) as unknown as TypedDocumentString<CampaignLineFragment, unknown>;
export const CampaignHeadFragmentDoc = new TypedDocumentString(`
    fragment CampaignHead on Campaign {
  id
  channel
  status
  name
  subject
  recipients
  creditsReserved
  creditsCaptured
  pauseReason
  failureCode
  scheduledAt
  launchedAt
  endedAt
  createdAt
}
    `, {"fragmentName":"CampaignHead"}) as unknown as TypedDocumentString<CampaignHeadFragment, unknown>;
export const CampaignCountsFragmentDoc = new TypedDocumentString(`
    fragment CampaignCounts on CampaignStatistics {
  campaignId
  sequence
  firstEventAt
  lastEventAt
  creditsReserved
  creditsCaptured
  counts {
    sent {
      total
      unique
    }
    dropped
    delivered {
      total
      unique
    }
    deferred
    bounces {
      total
      unique
      hard {
        total
      }
      soft {
        total
      }
      block {
        total
      }
      undetermined {
        total
      }
    }
    opens {
      total
      unique
      human
      humanUnique
      machine
      suspectBot
    }
    clicks {
      total
      unique
      human
      humanUnique
      machine
      suspectBot
    }
    unsubscribes {
      total
      unique
    }
    complaints {
      total
      unique
    }
    segments
    rates {
      delivery {
        value
      }
      bounce {
        value
      }
      opening {
        value
      }
      clickThrough {
        value
      }
      clickToOpen {
        value
      }
      unsubscribing {
        value
      }
      complaint {
        value
      }
    }
  }
}
    `, {"fragmentName":"CampaignCounts"}) as unknown as TypedDocumentString<CampaignCountsFragment, unknown>;
export const QueuedLineFragmentDoc = new TypedDocumentString(`
    fragment QueuedLine on QueuedTicket {
  id
  accountId
  kind
  state
  messages
  receivedAt
}
    `, {"fragmentName":"QueuedLine"}) as unknown as TypedDocumentString<QueuedLineFragment, unknown>;
export const IncidentLineFragmentDoc = new TypedDocumentString(`
    fragment IncidentLine on IncidentCase {
  id
  kind
  source
  state
  knownAt
  dueAt
  overdue
  assessment {
    risk
  }
  authorityNotice {
    notifiedAt
  }
  affected {
    accounts
  }
}
    `, {"fragmentName":"IncidentLine"}) as unknown as TypedDocumentString<IncidentLineFragment, unknown>;
export const IncidentFileFragmentDoc = new TypedDocumentString(`
    fragment IncidentFile on IncidentCase {
  id
  kind
  source
  state
  reportId
  summary
  occurredAt
  knownAt
  dueAt
  overdue
  openedAt
  closedAt
  assessment {
    risk
    categories
    people
    consequences
    assessedAt
  }
  criterion {
    everyone
    heldCategory
    signedInFrom
    signedInUntil
    appliedAt
  }
  decision {
    notify
    reason
    exemption
    message
    decidedAt
    toldAt
  }
  authorityNotice {
    authority
    reference
    notifiedAt
    late
    delayReason
  }
  affected {
    accounts
    told
    gone
  }
  entries {
    number
    kind
    state
    text
    writtenAt
  }
}
    `, {"fragmentName":"IncidentFile"}) as unknown as TypedDocumentString<IncidentFileFragment, unknown>;
export const CaseRequestFragmentDoc = new TypedDocumentString(`
    fragment CaseRequest on PrivacyRequest {
  id
  kind
  source
  state
  purposes
  text
  receivedAt
  dueAt
  verifiedAt
  proof
  extendedAt
  holdGround
  answer
}
    `, {"fragmentName":"CaseRequest"}) as unknown as TypedDocumentString<CaseRequestFragment, unknown>;
export const OrderLineFragmentDoc = new TypedDocumentString(`
    fragment OrderLine on Order {
  id
  status
  product
  quantity
  fulfilled
  credits
  creditUnit
  placedAt
  net {
    amount
    currency
  }
  gross {
    amount
    currency
  }
  cancellation {
    reason
    at
    fee {
      amount
      currency
    }
    refund {
      amount
      currency
    }
  }
  parameters {
    __typename
    ... on CreditPackParameters {
      packs
      reference
    }
    ... on EmailVerificationParameters {
      addresses
      checkMailbox
      listName
      reference
    }
    ... on NumberLookupParameters {
      numbers
      country
      reference
    }
  }
}
    `, {"fragmentName":"OrderLine"}) as unknown as TypedDocumentString<OrderLineFragment, unknown>;
export const PlanNowFragmentDoc = new TypedDocumentString(`
    fragment PlanNow on AccountPlan {
  plan {
    code
    usersMax
  }
  status
  cycle
  periodEnd
  renewsAt
  cancelledAt
  endsAt
  limits {
    messagesADay
    messagesAMonth
  }
  seats {
    limit
    extra
    used
    purchases {
      id
      cycle
      seats
      status
      periodEnd
    }
  }
  nextCharge {
    at
    gross {
      amount
      currency
    }
  }
}
    `, {"fragmentName":"PlanNow"}) as unknown as TypedDocumentString<PlanNowFragment, unknown>;
export const ExportLineFragmentDoc = new TypedDocumentString(`
    fragment ExportLine on DataExport {
  id
  scope
  status
  tablesDone
  tablesTotal
  rows
  sizeBytes
  createdAt
  readyAt
  expiresAt
}
    `, {"fragmentName":"ExportLine"}) as unknown as TypedDocumentString<ExportLineFragment, unknown>;
export const RequestLineFragmentDoc = new TypedDocumentString(`
    fragment RequestLine on PrivacyRequest {
  id
  kind
  source
  state
  purposes
  text
  receivedAt
  dueAt
  extendedAt
  endedAt
  ground
  answer
}
    `, {"fragmentName":"RequestLine"}) as unknown as TypedDocumentString<RequestLineFragment, unknown>;
export const MyIncidentFragmentDoc = new TypedDocumentString(`
    fragment MyIncident on Incident {
  id
  kind
  state
  occurredAt
  knownAt
  categories
  message
  toldAt
  closedAt
}
    `, {"fragmentName":"MyIncident"}) as unknown as TypedDocumentString<MyIncidentFragment, unknown>;
export const PasskeyAskedFragmentDoc = new TypedDocumentString(`
    fragment PasskeyAsked on PasskeyRequest {
  token
  challenge
  rpId
  allowedCredentialIds
}
    `, {"fragmentName":"PasskeyAsked"}) as unknown as TypedDocumentString<PasskeyAskedFragment, unknown>;
export const RefusedFragmentDoc = new TypedDocumentString(`
    fragment Refused on Problem {
  code
  message
  field
}
    `, {"fragmentName":"Refused"}) as unknown as TypedDocumentString<RefusedFragment, unknown>;
export const TicketLineFragmentDoc = new TypedDocumentString(`
    fragment TicketLine on Ticket {
  id
  kind
  state
  subject
  receivedAt
  updatedAt
}
    `, {"fragmentName":"TicketLine"}) as unknown as TypedDocumentString<TicketLineFragment, unknown>;
export const TicketThreadFragmentDoc = new TypedDocumentString(`
    fragment TicketThread on Ticket {
  id
  kind
  state
  source
  subject
  receivedAt
  dueAt
  closedAt
  updatedAt
  messages {
    id
    fromStaff
    text
    receivedAt
  }
}
    `, {"fragmentName":"TicketThread"}) as unknown as TypedDocumentString<TicketThreadFragment, unknown>;
export const TopUpLineFragmentDoc = new TypedDocumentString(`
    fragment TopUpLine on TopUp {
  id
  createdAt
  status
  failureCode
  nextAction
  purpose
  amount {
    amount
    currency
  }
  received {
    amount
    currency
  }
  refunded {
    amount
    currency
  }
}
    `, {"fragmentName":"TopUpLine"}) as unknown as TypedDocumentString<TopUpLineFragment, unknown>;
export const CardLineFragmentDoc = new TypedDocumentString(`
    fragment CardLine on PaymentMethod {
  id
  status
  savedFor
  isDefault
  nextAction
  failureCode
  brand
  last4
  expMonth
  expYear
}
    `, {"fragmentName":"CardLine"}) as unknown as TypedDocumentString<CardLineFragment, unknown>;
export const AutoTopUpShownFragmentDoc = new TypedDocumentString(`
    fragment AutoTopUpShown on AutoTopUp {
  id
  unit
  state
  enabled
  below
  add
  currency
  methodId
  capPerDay {
    amount
    currency
  }
  capPerMonth {
    amount
    currency
  }
  suspension
  heldBack
  spentToday {
    amount
    currency
  }
  spentThisMonth {
    amount
    currency
  }
  lastDecision {
    at
    decision
    explanation
    available
    threshold
    nextAt
  }
}
    `, {"fragmentName":"AutoTopUpShown"}) as unknown as TypedDocumentString<AutoTopUpShownFragment, unknown>;
export const PostingLineFragmentDoc = new TypedDocumentString(`
    fragment PostingLine on Posting {
  sequence
  kind
  amount
  heldChange
  postedAfter
  heldAfter
  reference
  at
}
    `, {"fragmentName":"PostingLine"}) as unknown as TypedDocumentString<PostingLineFragment, unknown>;
export const NoticeLineFragmentDoc = new TypedDocumentString(`
    fragment NoticeLine on Notice {
  id
  kind
  createdAt
  readAt
  title
  text
}
    `, {"fragmentName":"NoticeLine"}) as unknown as TypedDocumentString<NoticeLineFragment, unknown>;
export const CampaignListDocument = new TypedDocumentString(`
    query CampaignList($after: String) {
  viewer {
    account {
      id
      campaigns(first: 20, after: $after) {
        edges {
          node {
            ...CampaignLine
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
    fragment CampaignStatusLine on Campaign {
  id
  status
  name
  channel
  recipients
  creditsReserved
  creditsCaptured
  launchedAt
  createdAt
}
fragment CampaignLine on Campaign {
  ...CampaignStatusLine
  statistics {
    counts {
      sent {
        total
      }
      delivered {
        total
      }
      opens {
        human
      }
      clicks {
        human
      }
      rates {
        clickToOpen {
          value
        }
      }
    }
  }
}`) as unknown as TypedDocumentString<CampaignListQuery, CampaignListQueryVariables>;
export const WatchCampaignsDocument = new TypedDocumentString(`
    subscription WatchCampaigns($after: BigInt) {
  campaignChanged(after: $after, mode: EVERY) {
    kind
    sequence
    campaign {
      ...CampaignStatusLine
    }
    newest {
      ...CampaignStatusLine
    }
  }
}
    fragment CampaignStatusLine on Campaign {
  id
  status
  name
  channel
  recipients
  creditsReserved
  creditsCaptured
  launchedAt
  createdAt
}`) as unknown as TypedDocumentString<WatchCampaignsSubscription, WatchCampaignsSubscriptionVariables>;
export const CampaignPageDocument = new TypedDocumentString(`
    query CampaignPage($id: ID!) {
  campaign(id: $id) {
    ...CampaignHead
    statistics {
      ...CampaignCounts
    }
  }
}
    fragment CampaignHead on Campaign {
  id
  channel
  status
  name
  subject
  recipients
  creditsReserved
  creditsCaptured
  pauseReason
  failureCode
  scheduledAt
  launchedAt
  endedAt
  createdAt
}
fragment CampaignCounts on CampaignStatistics {
  campaignId
  sequence
  firstEventAt
  lastEventAt
  creditsReserved
  creditsCaptured
  counts {
    sent {
      total
      unique
    }
    dropped
    delivered {
      total
      unique
    }
    deferred
    bounces {
      total
      unique
      hard {
        total
      }
      soft {
        total
      }
      block {
        total
      }
      undetermined {
        total
      }
    }
    opens {
      total
      unique
      human
      humanUnique
      machine
      suspectBot
    }
    clicks {
      total
      unique
      human
      humanUnique
      machine
      suspectBot
    }
    unsubscribes {
      total
      unique
    }
    complaints {
      total
      unique
    }
    segments
    rates {
      delivery {
        value
      }
      bounce {
        value
      }
      opening {
        value
      }
      clickThrough {
        value
      }
      clickToOpen {
        value
      }
      unsubscribing {
        value
      }
      complaint {
        value
      }
    }
  }
}`) as unknown as TypedDocumentString<CampaignPageQuery, CampaignPageQueryVariables>;
export const WatchCampaignDocument = new TypedDocumentString(`
    subscription WatchCampaign($id: ID!, $after: BigInt) {
  campaignChanged(id: $id, after: $after, mode: LATEST) {
    kind
    sequence
    campaign {
      ...CampaignHead
    }
  }
}
    fragment CampaignHead on Campaign {
  id
  channel
  status
  name
  subject
  recipients
  creditsReserved
  creditsCaptured
  pauseReason
  failureCode
  scheduledAt
  launchedAt
  endedAt
  createdAt
}`) as unknown as TypedDocumentString<WatchCampaignSubscription, WatchCampaignSubscriptionVariables>;
export const WatchCampaignStatsDocument = new TypedDocumentString(`
    subscription WatchCampaignStats($id: ID!, $after: BigInt) {
  campaignStats(id: $id, after: $after) {
    kind
    sequence
    statistics {
      ...CampaignCounts
    }
  }
}
    fragment CampaignCounts on CampaignStatistics {
  campaignId
  sequence
  firstEventAt
  lastEventAt
  creditsReserved
  creditsCaptured
  counts {
    sent {
      total
      unique
    }
    dropped
    delivered {
      total
      unique
    }
    deferred
    bounces {
      total
      unique
      hard {
        total
      }
      soft {
        total
      }
      block {
        total
      }
      undetermined {
        total
      }
    }
    opens {
      total
      unique
      human
      humanUnique
      machine
      suspectBot
    }
    clicks {
      total
      unique
      human
      humanUnique
      machine
      suspectBot
    }
    unsubscribes {
      total
      unique
    }
    complaints {
      total
      unique
    }
    segments
    rates {
      delivery {
        value
      }
      bounce {
        value
      }
      opening {
        value
      }
      clickThrough {
        value
      }
      clickToOpen {
        value
      }
      unsubscribing {
        value
      }
      complaint {
        value
      }
    }
  }
}`) as unknown as TypedDocumentString<WatchCampaignStatsSubscription, WatchCampaignStatsSubscriptionVariables>;
export const WatchActivityDocument = new TypedDocumentString(`
    subscription WatchActivity($after: BigInt) {
  accountActivity(after: $after) {
    kind
    sequence
    counts {
      sent {
        total
      }
      delivered {
        total
      }
      opens {
        human
        machine
      }
      clicks {
        human
      }
      bounces {
        total
      }
      complaints {
        total
      }
    }
  }
}
    `) as unknown as TypedDocumentString<WatchActivitySubscription, WatchActivitySubscriptionVariables>;
export const CampaignSeriesDocument = new TypedDocumentString(`
    query CampaignSeries($id: ID!, $step: SeriesStep!, $timeZone: String!) {
  campaignSeries(id: $id, step: $step, timeZone: $timeZone) {
    startsAt
    counts {
      sent {
        total
      }
      delivered {
        total
      }
      opens {
        human
      }
      clicks {
        human
      }
      bounces {
        total
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CampaignSeriesQuery, CampaignSeriesQueryVariables>;
export const CampaignPartsDocument = new TypedDocumentString(`
    query CampaignParts($id: ID!, $by: StatisticsDimension!) {
  campaignBreakdown(id: $id, by: $by, first: 20) {
    edges {
      node {
        name
        events
        counts {
          sent {
            total
          }
          delivered {
            total
          }
          opens {
            human
            machine
          }
          clicks {
            human
            humanUnique
          }
          bounces {
            total
            hard {
              total
            }
            soft {
              total
            }
            block {
              total
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CampaignPartsQuery, CampaignPartsQueryVariables>;
export const CompareCampaignsDocument = new TypedDocumentString(`
    query CompareCampaigns($ids: [ID!]!, $hours: Int!) {
  compareCampaigns(ids: $ids, hours: $hours) {
    campaignId
    startsAt
    hours {
      delivered {
        total
      }
      opens {
        human
      }
      clicks {
        human
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CompareCampaignsQuery, CompareCampaignsQueryVariables>;
export const CampaignExportDocument = new TypedDocumentString(`
    query CampaignExport($id: ID!, $kind: ExportKind!, $format: ExportFormat!, $timeZone: String!) {
  exportLink(kind: $kind, format: $format, campaignId: $id, timeZone: $timeZone) {
    path
    expiresAt
  }
}
    `) as unknown as TypedDocumentString<CampaignExportQuery, CampaignExportQueryVariables>;
export const PauseCampaignDocument = new TypedDocumentString(`
    mutation PauseCampaign($input: PauseCampaignInput!) {
  pauseCampaign(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<PauseCampaignMutation, PauseCampaignMutationVariables>;
export const ResumeCampaignDocument = new TypedDocumentString(`
    mutation ResumeCampaign($input: ResumeCampaignInput!) {
  resumeCampaign(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ResumeCampaignMutation, ResumeCampaignMutationVariables>;
export const LaunchCampaignDocument = new TypedDocumentString(`
    mutation LaunchCampaign($input: LaunchCampaignInput!) {
  launchCampaign(input: $input) {
    __typename
    ... on CampaignLaunched {
      creditsHeld
      replayed
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<LaunchCampaignMutation, LaunchCampaignMutationVariables>;
export const CancelCampaignDocument = new TypedDocumentString(`
    mutation CancelCampaign($input: CancelCampaignInput!) {
  cancelCampaign(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<CancelCampaignMutation, CancelCampaignMutationVariables>;
export const CreateCampaignDocument = new TypedDocumentString(`
    mutation CreateCampaign($input: CreateCampaignInput!) {
  createCampaign(input: $input) {
    __typename
    ... on CampaignCreated {
      campaign {
        id
      }
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<CreateCampaignMutation, CreateCampaignMutationVariables>;
export const DeclareAudienceDocument = new TypedDocumentString(`
    mutation DeclareAudience($input: DeclareCampaignAudienceInput!) {
  declareCampaignAudience(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<DeclareAudienceMutation, DeclareAudienceMutationVariables>;
export const AddRecipientsDocument = new TypedDocumentString(`
    mutation AddRecipients($input: AddCampaignRecipientsInput!) {
  addCampaignRecipients(input: $input) {
    __typename
    ... on CampaignRecipientsAdded {
      added
      duplicates
      suppressed
      invalid
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<AddRecipientsMutation, AddRecipientsMutationVariables>;
export const ScheduleCampaignDocument = new TypedDocumentString(`
    mutation ScheduleCampaign($input: ScheduleCampaignInput!) {
  scheduleCampaign(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ScheduleCampaignMutation, ScheduleCampaignMutationVariables>;
export const CampaignQuoteDocument = new TypedDocumentString(`
    query CampaignQuote($id: ID!) {
  quoteCampaign(id: $id) {
    unit
    recipients
    segments
    credits
  }
}
    `) as unknown as TypedDocumentString<CampaignQuoteQuery, CampaignQuoteQueryVariables>;
export const WatchStaffQueuesDocument = new TypedDocumentString(`
    subscription WatchStaffQueues($after: BigInt) {
  staffQueueChanged(after: $after) {
    kind
    sequence
    queue
  }
}
    `) as unknown as TypedDocumentString<WatchStaffQueuesSubscription, WatchStaffQueuesSubscriptionVariables>;
export const WatchOperationsDocument = new TypedDocumentString(`
    subscription WatchOperations($after: BigInt) {
  operationsChanged(after: $after) {
    kind
    sequence
    operations {
      at
      today {
        since
        moneyIn {
          amount
          currency
        }
        spend {
          unit
          quantity
        }
      }
      socketsHere
      dueWork {
        due
        late
        failing
        paused
      }
    }
  }
}
    `) as unknown as TypedDocumentString<WatchOperationsSubscription, WatchOperationsSubscriptionVariables>;
export const WatchSupportQueueDocument = new TypedDocumentString(`
    subscription WatchSupportQueue($after: BigInt) {
  supportQueueChanged(after: $after, mode: EVERY) {
    kind
    sequence
    ticket {
      ...QueuedLine
    }
    waiting {
      ...QueuedLine
    }
  }
}
    fragment QueuedLine on QueuedTicket {
  id
  accountId
  kind
  state
  messages
  receivedAt
}`) as unknown as TypedDocumentString<WatchSupportQueueSubscription, WatchSupportQueueSubscriptionVariables>;
export const SupportTicketDocument = new TypedDocumentString(`
    query SupportTicket($id: ID!) {
  supportTicket(id: $id) {
    accountId
    email
    waitingSince
    ticket {
      ...TicketThread
    }
  }
}
    fragment TicketThread on Ticket {
  id
  kind
  state
  source
  subject
  receivedAt
  dueAt
  closedAt
  updatedAt
  messages {
    id
    fromStaff
    text
    receivedAt
  }
}`) as unknown as TypedDocumentString<SupportTicketQuery, SupportTicketQueryVariables>;
export const AnswerTicketDocument = new TypedDocumentString(`
    mutation AnswerTicket($input: AnswerTicketInput!) {
  answerTicket(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<AnswerTicketMutation, AnswerTicketMutationVariables>;
export const EndTicketDocument = new TypedDocumentString(`
    mutation EndTicket($input: EndTicketInput!) {
  endTicket(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<EndTicketMutation, EndTicketMutationVariables>;
export const AccountsDocument = new TypedDocumentString(`
    query Accounts($status: AccountStatus, $beginning: String, $after: String) {
  accounts(first: 25, status: $status, beginning: $beginning, after: $after) {
    edges {
      node {
        id
        status
        statusSince
        statusReason
        openedAt
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<AccountsQuery, AccountsQueryVariables>;
export const OpenIncidentsDocument = new TypedDocumentString(`
    query OpenIncidents($after: String) {
  incidents(first: 25, after: $after) {
    edges {
      node {
        ...IncidentLine
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment IncidentLine on IncidentCase {
  id
  kind
  source
  state
  knownAt
  dueAt
  overdue
  assessment {
    risk
  }
  authorityNotice {
    notifiedAt
  }
  affected {
    accounts
  }
}`) as unknown as TypedDocumentString<OpenIncidentsQuery, OpenIncidentsQueryVariables>;
export const IncidentRegisterDocument = new TypedDocumentString(`
    query IncidentRegister($after: String) {
  incidentRegister(first: 25, after: $after) {
    edges {
      node {
        ...IncidentLine
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment IncidentLine on IncidentCase {
  id
  kind
  source
  state
  knownAt
  dueAt
  overdue
  assessment {
    risk
  }
  authorityNotice {
    notifiedAt
  }
  affected {
    accounts
  }
}`) as unknown as TypedDocumentString<IncidentRegisterQuery, IncidentRegisterQueryVariables>;
export const IncidentDocument = new TypedDocumentString(`
    query Incident($id: ID!) {
  node(id: $id) {
    __typename
    ... on IncidentCase {
      ...IncidentFile
    }
  }
}
    fragment IncidentFile on IncidentCase {
  id
  kind
  source
  state
  reportId
  summary
  occurredAt
  knownAt
  dueAt
  overdue
  openedAt
  closedAt
  assessment {
    risk
    categories
    people
    consequences
    assessedAt
  }
  criterion {
    everyone
    heldCategory
    signedInFrom
    signedInUntil
    appliedAt
  }
  decision {
    notify
    reason
    exemption
    message
    decidedAt
    toldAt
  }
  authorityNotice {
    authority
    reference
    notifiedAt
    late
    delayReason
  }
  affected {
    accounts
    told
    gone
  }
  entries {
    number
    kind
    state
    text
    writtenAt
  }
}`) as unknown as TypedDocumentString<IncidentQuery, IncidentQueryVariables>;
export const WatchIncidentsDocument = new TypedDocumentString(`
    subscription WatchIncidents($after: BigInt) {
  incidentChanged(after: $after, mode: LATEST) {
    kind
    sequence
  }
}
    `) as unknown as TypedDocumentString<WatchIncidentsSubscription, WatchIncidentsSubscriptionVariables>;
export const WatchIncidentDocument = new TypedDocumentString(`
    subscription WatchIncident($id: ID!, $after: BigInt) {
  incidentChanged(id: $id, after: $after, mode: LATEST) {
    kind
    sequence
  }
}
    `) as unknown as TypedDocumentString<WatchIncidentSubscription, WatchIncidentSubscriptionVariables>;
export const OpenIncidentDocument = new TypedDocumentString(`
    mutation OpenIncident($input: OpenIncidentInput!) {
  openIncident(input: $input) {
    __typename
    ... on IncidentOpened {
      incidentId
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<OpenIncidentMutation, OpenIncidentMutationVariables>;
export const AssessIncidentDocument = new TypedDocumentString(`
    mutation AssessIncident($input: AssessIncidentInput!) {
  assessIncident(input: $input) {
    __typename
    ... on IncidentScopeInvalid {
      categories
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<AssessIncidentMutation, AssessIncidentMutationVariables>;
export const NameIncidentAccountsDocument = new TypedDocumentString(`
    mutation NameIncidentAccounts($input: NameIncidentAccountsInput!) {
  nameIncidentAccounts(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<NameIncidentAccountsMutation, NameIncidentAccountsMutationVariables>;
export const SetIncidentCriterionDocument = new TypedDocumentString(`
    mutation SetIncidentCriterion($input: SetIncidentCriterionInput!) {
  setIncidentCriterion(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<SetIncidentCriterionMutation, SetIncidentCriterionMutationVariables>;
export const DecideIncidentNoticeDocument = new TypedDocumentString(`
    mutation DecideIncidentNotice($input: DecideIncidentNoticeInput!) {
  decideIncidentNotice(input: $input) {
    __typename
    ... on IncidentIncomplete {
      lacks
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<DecideIncidentNoticeMutation, DecideIncidentNoticeMutationVariables>;
export const RecordAuthorityNoticeDocument = new TypedDocumentString(`
    mutation RecordAuthorityNotice($input: RecordIncidentAuthorityNoticeInput!) {
  recordIncidentAuthorityNotice(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RecordAuthorityNoticeMutation, RecordAuthorityNoticeMutationVariables>;
export const NoteIncidentDocument = new TypedDocumentString(`
    mutation NoteIncident($input: NoteIncidentInput!) {
  noteIncident(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<NoteIncidentMutation, NoteIncidentMutationVariables>;
export const MoveIncidentDocument = new TypedDocumentString(`
    mutation MoveIncident($input: MoveIncidentInput!) {
  moveIncident(input: $input) {
    __typename
    ... on IncidentIncomplete {
      lacks
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<MoveIncidentMutation, MoveIncidentMutationVariables>;
export const DueWorkDocument = new TypedDocumentString(`
    query DueWork {
  dueWorkCounts {
    kind
    scheduled
    due
    late
    failing
    paused
  }
  forceMajeure {
    id
    startsAt
    endsAt
    reason
  }
}
    `) as unknown as TypedDocumentString<DueWorkQuery, DueWorkQueryVariables>;
export const FailingWorkDocument = new TypedDocumentString(`
    query FailingWork {
  dueWork(first: 20, state: FAILING) {
    edges {
      node {
        id
        kind
        state
        subjectId
        dueAt
        attempts
        lastError
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FailingWorkQuery, FailingWorkQueryVariables>;
export const RetryDueWorkDocument = new TypedDocumentString(`
    mutation RetryDueWork($input: RetryDueWorkInput!) {
  retryDueWork(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RetryDueWorkMutation, RetryDueWorkMutationVariables>;
export const PrivacyQueueDocument = new TypedDocumentString(`
    query PrivacyQueue($after: String) {
  privacyRequests(first: 25, after: $after) {
    edges {
      node {
        accountId
        overdue
        request {
          ...CaseRequest
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment CaseRequest on PrivacyRequest {
  id
  kind
  source
  state
  purposes
  text
  receivedAt
  dueAt
  verifiedAt
  proof
  extendedAt
  holdGround
  answer
}`) as unknown as TypedDocumentString<PrivacyQueueQuery, PrivacyQueueQueryVariables>;
export const VerifyRequestDocument = new TypedDocumentString(`
    mutation VerifyRequest($input: VerifyPrivacyRequestInput!) {
  verifyPrivacyRequest(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<VerifyRequestMutation, VerifyRequestMutationVariables>;
export const BeginRequestDocument = new TypedDocumentString(`
    mutation BeginRequest($input: BeginPrivacyRequestInput!) {
  beginPrivacyRequest(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<BeginRequestMutation, BeginRequestMutationVariables>;
export const ExtendRequestDocument = new TypedDocumentString(`
    mutation ExtendRequest($input: ExtendPrivacyRequestInput!) {
  extendPrivacyRequest(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ExtendRequestMutation, ExtendRequestMutationVariables>;
export const FulfilRequestDocument = new TypedDocumentString(`
    mutation FulfilRequest($input: FulfilPrivacyRequestInput!) {
  fulfilPrivacyRequest(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<FulfilRequestMutation, FulfilRequestMutationVariables>;
export const RefuseRequestDocument = new TypedDocumentString(`
    mutation RefuseRequest($input: RefusePrivacyRequestInput!) {
  refusePrivacyRequest(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RefuseRequestMutation, RefuseRequestMutationVariables>;
export const ComplianceDocument = new TypedDocumentString(`
    query Compliance($language: String!) {
  policyCompliance {
    compliance
    check
    evidence
    lastRun
    clause {
      id
      title(language: $language)
      value(language: $language)
      state
      rules
      source
    }
  }
  attestations {
    kind
    overdue
    owner
    reference
    attestedAt
    reviewAt
  }
}
    `) as unknown as TypedDocumentString<ComplianceQuery, ComplianceQueryVariables>;
export const CheckPolicyDocument = new TypedDocumentString(`
    mutation CheckPolicy {
  checkPolicy {
    passed
    failed
  }
}
    `) as unknown as TypedDocumentString<CheckPolicyMutation, CheckPolicyMutationVariables>;
export const ComplaintsDocument = new TypedDocumentString(`
    query Complaints($state: ComplaintStatus!) {
  complaints(state: $state, first: 25) {
    edges {
      node {
        accountId
        lateAt
        masked {
          fields
          readableBy
        }
        complaint {
          id
          campaignId
          category
          source
          status
          reportCount
          receivedAt
          proofDueAt
          proofSubmittedAt
          appealedAt
          appeal
          reports {
            complainant
            text
            reportedAt
          }
          evidence {
            kind
            text
            consentedAt
            submittedAt
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ComplaintsQuery, ComplaintsQueryVariables>;
export const ClassifyComplaintDocument = new TypedDocumentString(`
    mutation ClassifyComplaint($input: ClassifyComplaintInput!) {
  classifyComplaint(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ClassifyComplaintMutation, ClassifyComplaintMutationVariables>;
export const DecideComplaintDocument = new TypedDocumentString(`
    mutation DecideComplaint($input: DecideComplaintInput!) {
  decideComplaint(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<DecideComplaintMutation, DecideComplaintMutationVariables>;
export const SenderReviewsDocument = new TypedDocumentString(`
    query SenderReviews {
  senderReviews(first: 25) {
    edges {
      node {
        submissionId
        accountId
        otherAccounts
        sender {
          id
          name
          kind
          status
          submittedAt
          countries {
            country
            accepted
          }
          documents {
            id
            kind
            contentType
            sizeBytes
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SenderReviewsQuery, SenderReviewsQueryVariables>;
export const ViewDocumentDocument = new TypedDocumentString(`
    mutation ViewDocument($input: RequestSenderDocumentViewInput!) {
  requestSenderDocumentView(input: $input) {
    __typename
    ... on SenderDocumentView {
      url
      expiresAt
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ViewDocumentMutation, ViewDocumentMutationVariables>;
export const DecideSenderDocument = new TypedDocumentString(`
    mutation DecideSender($input: DecideSenderInput!) {
  decideSender(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<DecideSenderMutation, DecideSenderMutationVariables>;
export const SuspendAccountDocument = new TypedDocumentString(`
    mutation SuspendAccount($input: SuspendAccountInput!) {
  suspendAccount(input: $input) {
    __typename
    ... on AccountSuspended {
      suspendedAt
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<SuspendAccountMutation, SuspendAccountMutationVariables>;
export const UnsuspendAccountDocument = new TypedDocumentString(`
    mutation UnsuspendAccount($input: UnsuspendAccountInput!) {
  unsuspendAccount(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<UnsuspendAccountMutation, UnsuspendAccountMutationVariables>;
export const DisclosuresDocument = new TypedDocumentString(`
    query Disclosures($after: String) {
  disclosures(first: 25, after: $after) {
    edges {
      node {
        id
        accountId
        ground
        recipientClass
        recipient
        categories
        disclosedAt
        authority
        legalBasis
        reference
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<DisclosuresQuery, DisclosuresQueryVariables>;
export const RecordDisclosureDocument = new TypedDocumentString(`
    mutation RecordDisclosure($input: RecordDisclosureInput!) {
  recordDisclosure(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RecordDisclosureMutation, RecordDisclosureMutationVariables>;
export const CheckLegalityDocument = new TypedDocumentString(`
    mutation CheckLegality($input: CheckLegalityInput!) {
  checkLegality(input: $input) {
    __typename
    ... on LegalityChecked {
      legalityCheckId
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<CheckLegalityMutation, CheckLegalityMutationVariables>;
export const CatalogDocument = new TypedDocumentString(`
    query Catalog($currency: Currency!) {
  catalog(currency: $currency) {
    currency
    creditPacks {
      code
      unit
      credits
      quantityMin
      quantityMax
      price {
        amount
        currency
      }
      nextPrice {
        effectiveAt
        amount {
          amount
          currency
        }
      }
    }
    meteredProducts {
      code
      metered
      pricedUnits
      quantityMin
      quantityMax
      price {
        amount
        currency
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CatalogQuery, CatalogQueryVariables>;
export const QuoteOrderDocument = new TypedDocumentString(`
    query QuoteOrder($input: QuoteOrderInput!) {
  quoteOrder(input: $input) {
    __typename
    ... on OrderQuote {
      quantity
      credits
      creditUnit
      net {
        amount
        currency
      }
      tax {
        amount
        currency
      }
      taxRate
      gross {
        amount
        currency
      }
      available {
        amount
        currency
      }
      missing {
        amount
        currency
      }
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<QuoteOrderQuery, QuoteOrderQueryVariables>;
export const CancellationCostsDocument = new TypedDocumentString(`
    query CancellationCosts($id: ID!) {
  order(id: $id) {
    id
    cancellationCosts {
      reason
      fee {
        amount
        currency
      }
      refund {
        amount
        currency
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CancellationCostsQuery, CancellationCostsQueryVariables>;
export const WatchOrdersDocument = new TypedDocumentString(`
    subscription WatchOrders($after: BigInt) {
  orderChanged(after: $after, mode: EVERY) {
    kind
    sequence
    change
    order {
      ...OrderLine
    }
    newest {
      ...OrderLine
    }
  }
}
    fragment OrderLine on Order {
  id
  status
  product
  quantity
  fulfilled
  credits
  creditUnit
  placedAt
  net {
    amount
    currency
  }
  gross {
    amount
    currency
  }
  cancellation {
    reason
    at
    fee {
      amount
      currency
    }
    refund {
      amount
      currency
    }
  }
  parameters {
    __typename
    ... on CreditPackParameters {
      packs
      reference
    }
    ... on EmailVerificationParameters {
      addresses
      checkMailbox
      listName
      reference
    }
    ... on NumberLookupParameters {
      numbers
      country
      reference
    }
  }
}`) as unknown as TypedDocumentString<WatchOrdersSubscription, WatchOrdersSubscriptionVariables>;
export const PlaceOrderDocument = new TypedDocumentString(`
    mutation PlaceOrder($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    __typename
    ... on OrderPlaced {
      replayed
      order {
        ...OrderLine
      }
    }
    ... on InsufficientBalance {
      unit
      available
      required
    }
    ... on QuantityOutOfRange {
      minimum
      maximum
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment OrderLine on Order {
  id
  status
  product
  quantity
  fulfilled
  credits
  creditUnit
  placedAt
  net {
    amount
    currency
  }
  gross {
    amount
    currency
  }
  cancellation {
    reason
    at
    fee {
      amount
      currency
    }
    refund {
      amount
      currency
    }
  }
  parameters {
    __typename
    ... on CreditPackParameters {
      packs
      reference
    }
    ... on EmailVerificationParameters {
      addresses
      checkMailbox
      listName
      reference
    }
    ... on NumberLookupParameters {
      numbers
      country
      reference
    }
  }
}
fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<PlaceOrderMutation, PlaceOrderMutationVariables>;
export const CancelOrderDocument = new TypedDocumentString(`
    mutation CancelOrder($input: CancelOrderInput!) {
  cancelOrder(input: $input) {
    __typename
    ... on OrderCancelled {
      fee {
        amount
        currency
      }
      refund {
        amount
        currency
      }
      order {
        ...OrderLine
      }
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment OrderLine on Order {
  id
  status
  product
  quantity
  fulfilled
  credits
  creditUnit
  placedAt
  net {
    amount
    currency
  }
  gross {
    amount
    currency
  }
  cancellation {
    reason
    at
    fee {
      amount
      currency
    }
    refund {
      amount
      currency
    }
  }
  parameters {
    __typename
    ... on CreditPackParameters {
      packs
      reference
    }
    ... on EmailVerificationParameters {
      addresses
      checkMailbox
      listName
      reference
    }
    ... on NumberLookupParameters {
      numbers
      country
      reference
    }
  }
}
fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<CancelOrderMutation, CancelOrderMutationVariables>;
export const SetPostalAddressDocument = new TypedDocumentString(`
    mutation SetPostalAddress($input: PostalAddressInput!) {
  setPostalAddress(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<SetPostalAddressMutation, SetPostalAddressMutationVariables>;
export const PostalAddressDocument = new TypedDocumentString(`
    query PostalAddress {
  viewer {
    account {
      id
      postalAddress {
        name
        street
        number
        postalCode
        city
        country
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PostalAddressQuery, PostalAddressQueryVariables>;
export const TeamDocument = new TypedDocumentString(`
    query Team {
  viewer {
    account {
      id
      plan {
        seats {
          limit
          used
        }
      }
      people(first: 50) {
        edges {
          node {
            id
            login
            role
            email
            emailVerifiedAt
            createdAt
            removedAt
            withdrawnAt
          }
        }
      }
      invitations(first: 50) {
        edges {
          node {
            id
            role
            email
            createdAt
            expiresAt
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<TeamQuery, TeamQueryVariables>;
export const InviteMemberDocument = new TypedDocumentString(`
    mutation InviteMember($input: InviteMemberInput!) {
  inviteMember(input: $input) {
    __typename
    ... on MemberInvited {
      token
      invitation {
        id
      }
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<InviteMemberMutation, InviteMemberMutationVariables>;
export const RevokeInvitationDocument = new TypedDocumentString(`
    mutation RevokeInvitation($input: RevokeInvitationInput!) {
  revokeInvitation(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RevokeInvitationMutation, RevokeInvitationMutationVariables>;
export const AcceptInvitationDocument = new TypedDocumentString(`
    mutation AcceptInvitation($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) {
    __typename
    ... on PasswordTooWeak {
      hint
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<AcceptInvitationMutation, AcceptInvitationMutationVariables>;
export const ChangeRoleDocument = new TypedDocumentString(`
    mutation ChangeRole($input: ChangeRoleInput!) {
  changeRole(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ChangeRoleMutation, ChangeRoleMutationVariables>;
export const RemoveMemberDocument = new TypedDocumentString(`
    mutation RemoveMember($input: RemoveMemberInput!) {
  removeMember(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RemoveMemberMutation, RemoveMemberMutationVariables>;
export const ApiKeysDocument = new TypedDocumentString(`
    query ApiKeys {
  viewer {
    account {
      id
      apiKeys(first: 50) {
        edges {
          node {
            id
            name
            prefix
            scopes
            createdAt
            expiresAt
            revokedAt
            lastUsedAt
          }
        }
      }
    }
  }
  keyPoliciesInForce {
    document
    version
  }
}
    `) as unknown as TypedDocumentString<ApiKeysQuery, ApiKeysQueryVariables>;
export const AcceptPolicyDocument = new TypedDocumentString(`
    mutation AcceptPolicy($input: PolicyVersionInput!) {
  acceptPolicy(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<AcceptPolicyMutation, AcceptPolicyMutationVariables>;
export const CreateApiKeyDocument = new TypedDocumentString(`
    mutation CreateApiKey($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    __typename
    ... on ApiKeyCreated {
      secret
      apiKey {
        id
        name
        prefix
      }
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<CreateApiKeyMutation, CreateApiKeyMutationVariables>;
export const RevokeApiKeyDocument = new TypedDocumentString(`
    mutation RevokeApiKey($input: RevokeApiKeyInput!) {
  revokeApiKey(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RevokeApiKeyMutation, RevokeApiKeyMutationVariables>;
export const SessionsDocument = new TypedDocumentString(`
    query Sessions {
  viewer {
    account {
      id
      sessions(first: 50) {
        edges {
          node {
            id
            createdAt
            lastUsedAt
            expiresAt
            revokedAt
            userAgent
            address
            isCurrent
            secondFactorAt
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SessionsQuery, SessionsQueryVariables>;
export const RevokeSessionDocument = new TypedDocumentString(`
    mutation RevokeSession($input: RevokeSessionInput!) {
  revokeSession(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RevokeSessionMutation, RevokeSessionMutationVariables>;
export const EnrolTotpDocument = new TypedDocumentString(`
    mutation EnrolTotp {
  enrolTotp {
    __typename
    ... on TotpOffered {
      secret
      qrSvg
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<EnrolTotpMutation, EnrolTotpMutationVariables>;
export const ConfirmTotpDocument = new TypedDocumentString(`
    mutation ConfirmTotp($input: ConfirmTotpInput!) {
  confirmTotp(input: $input) {
    __typename
    ... on TotpConfirmed {
      recoveryCodes
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ConfirmTotpMutation, ConfirmTotpMutationVariables>;
export const DisableTotpDocument = new TypedDocumentString(`
    mutation DisableTotp {
  disableTotp {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<DisableTotpMutation, DisableTotpMutationVariables>;
export const CreateRecoveryCodesDocument = new TypedDocumentString(`
    mutation CreateRecoveryCodes {
  createRecoveryCodes {
    __typename
    ... on RecoveryCodesCreated {
      codes
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<CreateRecoveryCodesMutation, CreateRecoveryCodesMutationVariables>;
export const StartPasskeyRegistrationDocument = new TypedDocumentString(`
    mutation StartPasskeyRegistration {
  startPasskeyRegistration {
    __typename
    ... on PasskeyRegistrationStarted {
      creation {
        token
        challenge
        rpId
        rpName
        userId
        userName
        algorithms
        excludedCredentialIds
      }
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<StartPasskeyRegistrationMutation, StartPasskeyRegistrationMutationVariables>;
export const RegisterPasskeyDocument = new TypedDocumentString(`
    mutation RegisterPasskey($input: RegisterPasskeyInput!) {
  registerPasskey(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RegisterPasskeyMutation, RegisterPasskeyMutationVariables>;
export const RemovePasskeyDocument = new TypedDocumentString(`
    mutation RemovePasskey($input: RemovePasskeyInput!) {
  removePasskey(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RemovePasskeyMutation, RemovePasskeyMutationVariables>;
export const ChangePasswordDocument = new TypedDocumentString(`
    mutation ChangePassword($input: ChangePasswordInput!) {
  changePassword(input: $input) {
    __typename
    ... on PasswordTooWeak {
      hint
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ChangePasswordMutation, ChangePasswordMutationVariables>;
export const PlanPageDocument = new TypedDocumentString(`
    query PlanPage($currency: Currency!) {
  planCatalog {
    code
    usersMax
    limits {
      messagesADay
      messagesAMonth
    }
    prices(currency: $currency) {
      cycle
      price {
        amount
        currency
      }
      seatPrice {
        amount
        currency
      }
    }
  }
  viewer {
    account {
      id
      plan {
        ...PlanNow
      }
      paymentMethods {
        id
        status
        brand
        last4
        isDefault
        savedFor
      }
    }
  }
}
    fragment PlanNow on AccountPlan {
  plan {
    code
    usersMax
  }
  status
  cycle
  periodEnd
  renewsAt
  cancelledAt
  endsAt
  limits {
    messagesADay
    messagesAMonth
  }
  seats {
    limit
    extra
    used
    purchases {
      id
      cycle
      seats
      status
      periodEnd
    }
  }
  nextCharge {
    at
    gross {
      amount
      currency
    }
  }
}`) as unknown as TypedDocumentString<PlanPageQuery, PlanPageQueryVariables>;
export const InvoicesDocument = new TypedDocumentString(`
    query Invoices($after: String) {
  viewer {
    account {
      id
      invoices(first: 20, after: $after) {
        edges {
          node {
            id
            kind
            number
            issuedAt
            gross {
              amount
              currency
            }
            net {
              amount
              currency
            }
            links {
              html
              pdf
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<InvoicesQuery, InvoicesQueryVariables>;
export const WatchPlanDocument = new TypedDocumentString(`
    subscription WatchPlan($after: BigInt) {
  planChanged(after: $after, mode: LATEST) {
    kind
    sequence
  }
}
    `) as unknown as TypedDocumentString<WatchPlanSubscription, WatchPlanSubscriptionVariables>;
export const StartPlanDocument = new TypedDocumentString(`
    mutation StartPlan($input: StartPlanInput!) {
  startPlan(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<StartPlanMutation, StartPlanMutationVariables>;
export const CancelPlanDocument = new TypedDocumentString(`
    mutation CancelPlan {
  cancelPlan {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<CancelPlanMutation, CancelPlanMutationVariables>;
export const ResumePlanDocument = new TypedDocumentString(`
    mutation ResumePlan {
  resumePlan {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ResumePlanMutation, ResumePlanMutationVariables>;
export const BuySeatsDocument = new TypedDocumentString(`
    mutation BuySeats($input: BuySeatsInput!) {
  buySeats(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<BuySeatsMutation, BuySeatsMutationVariables>;
export const RemoveSeatsDocument = new TypedDocumentString(`
    mutation RemoveSeats($input: RemoveSeatsInput!) {
  removeSeats(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RemoveSeatsMutation, RemoveSeatsMutationVariables>;
export const KeepSeatsDocument = new TypedDocumentString(`
    mutation KeepSeats($input: KeepSeatsInput!) {
  keepSeats(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<KeepSeatsMutation, KeepSeatsMutationVariables>;
export const PrivacyCentreDocument = new TypedDocumentString(`
    query PrivacyCentre($language: String!) {
  purposesWithConsent
  viewer {
    account {
      id
      restrictablePurposes
      restrictions {
        id
        right
        purpose
        requestId
        since
      }
      consents {
        id
        purpose
        policyVersion
        givenAt
        withdrawnAt
      }
      disclosures(first: 20) {
        edges {
          node {
            id
            ground
            recipientClass
            recipient
            categories
            disclosedAt
          }
        }
      }
    }
  }
  policy {
    version
    effectiveAt
    clauses {
      id
      title(language: $language)
      value(language: $language)
      state
    }
  }
}
    `) as unknown as TypedDocumentString<PrivacyCentreQuery, PrivacyCentreQueryVariables>;
export const DataExportsDocument = new TypedDocumentString(`
    query DataExports {
  dataExports(first: 10) {
    edges {
      node {
        ...ExportLine
      }
    }
  }
}
    fragment ExportLine on DataExport {
  id
  scope
  status
  tablesDone
  tablesTotal
  rows
  sizeBytes
  createdAt
  readyAt
  expiresAt
}`) as unknown as TypedDocumentString<DataExportsQuery, DataExportsQueryVariables>;
export const WatchRequestsDocument = new TypedDocumentString(`
    subscription WatchRequests($after: BigInt) {
  privacyRequestChanged(after: $after, mode: EVERY) {
    kind
    sequence
    request {
      ...RequestLine
    }
    newest {
      ...RequestLine
    }
  }
}
    fragment RequestLine on PrivacyRequest {
  id
  kind
  source
  state
  purposes
  text
  receivedAt
  dueAt
  extendedAt
  endedAt
  ground
  answer
}`) as unknown as TypedDocumentString<WatchRequestsSubscription, WatchRequestsSubscriptionVariables>;
export const WatchExportDocument = new TypedDocumentString(`
    subscription WatchExport($id: ID!, $after: BigInt) {
  dataExportChanged(id: $id, after: $after, mode: LATEST) {
    kind
    sequence
    export {
      ...ExportLine
    }
  }
}
    fragment ExportLine on DataExport {
  id
  scope
  status
  tablesDone
  tablesTotal
  rows
  sizeBytes
  createdAt
  readyAt
  expiresAt
}`) as unknown as TypedDocumentString<WatchExportSubscription, WatchExportSubscriptionVariables>;
export const RequestExportDocument = new TypedDocumentString(`
    mutation RequestExport($input: RequestExportInput!) {
  requestExport(input: $input) {
    __typename
    ... on ExportRequested {
      export {
        ...ExportLine
      }
    }
    ... on DataExportRunning {
      exportId
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment ExportLine on DataExport {
  id
  scope
  status
  tablesDone
  tablesTotal
  rows
  sizeBytes
  createdAt
  readyAt
  expiresAt
}
fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RequestExportMutation, RequestExportMutationVariables>;
export const CancelExportDocument = new TypedDocumentString(`
    mutation CancelExport($input: CancelExportInput!) {
  cancelExport(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<CancelExportMutation, CancelExportMutationVariables>;
export const CreateExportLinkDocument = new TypedDocumentString(`
    mutation CreateExportLink($input: CreateExportLinkInput!) {
  createExportLink(input: $input) {
    __typename
    ... on ExportLinkCreated {
      path
      expiresAt
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<CreateExportLinkMutation, CreateExportLinkMutationVariables>;
export const RequestRectificationDocument = new TypedDocumentString(`
    mutation RequestRectification($input: RequestRectificationInput!) {
  requestRectification(input: $input) {
    __typename
    ... on PrivacyRequestFiled {
      request {
        ...RequestLine
      }
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment RequestLine on PrivacyRequest {
  id
  kind
  source
  state
  purposes
  text
  receivedAt
  dueAt
  extendedAt
  endedAt
  ground
  answer
}
fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RequestRectificationMutation, RequestRectificationMutationVariables>;
export const RaiseConcernDocument = new TypedDocumentString(`
    mutation RaiseConcern($input: RaiseConcernInput!) {
  raiseConcern(input: $input) {
    __typename
    ... on PrivacyRequestFiled {
      request {
        ...RequestLine
      }
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment RequestLine on PrivacyRequest {
  id
  kind
  source
  state
  purposes
  text
  receivedAt
  dueAt
  extendedAt
  endedAt
  ground
  answer
}
fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RaiseConcernMutation, RaiseConcernMutationVariables>;
export const RestrictProcessingDocument = new TypedDocumentString(`
    mutation RestrictProcessing($input: RestrictProcessingInput!) {
  restrictProcessing(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RestrictProcessingMutation, RestrictProcessingMutationVariables>;
export const LiftRestrictionDocument = new TypedDocumentString(`
    mutation LiftRestriction($input: LiftRestrictionInput!) {
  liftRestriction(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<LiftRestrictionMutation, LiftRestrictionMutationVariables>;
export const WithdrawRequestDocument = new TypedDocumentString(`
    mutation WithdrawRequest($input: WithdrawPrivacyRequestInput!) {
  withdrawPrivacyRequest(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<WithdrawRequestMutation, WithdrawRequestMutationVariables>;
export const GiveConsentDocument = new TypedDocumentString(`
    mutation GiveConsent($input: ConsentInput!) {
  giveConsent(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<GiveConsentMutation, GiveConsentMutationVariables>;
export const WithdrawConsentDocument = new TypedDocumentString(`
    mutation WithdrawConsent($input: ConsentInput!) {
  withdrawConsent(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<WithdrawConsentMutation, WithdrawConsentMutationVariables>;
export const ErasurePreviewDocument = new TypedDocumentString(`
    query ErasurePreview {
  erasurePreview {
    scope
    lossesDigest
    warning
    warningVersion
    dueAt
    losses {
      kind
      unit
      quantity
      until
    }
  }
}
    `) as unknown as TypedDocumentString<ErasurePreviewQuery, ErasurePreviewQueryVariables>;
export const RequestErasureDocument = new TypedDocumentString(`
    mutation RequestErasure($input: RequestErasureInput!) {
  requestErasure(input: $input) {
    __typename
    ... on ErasureRequested {
      erasure {
        id
        state
        dueAt
      }
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RequestErasureMutation, RequestErasureMutationVariables>;
export const ClosurePreviewDocument = new TypedDocumentString(`
    query ClosurePreview {
  closurePreview {
    digest
    losses {
      kind
      unit
      quantity
      until
    }
  }
}
    `) as unknown as TypedDocumentString<ClosurePreviewQuery, ClosurePreviewQueryVariables>;
export const CloseAccountDocument = new TypedDocumentString(`
    mutation CloseAccount($input: CloseAccountInput!) {
  closeAccount(input: $input) {
    __typename
    ... on AccountClosed {
      closedAt
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<CloseAccountMutation, CloseAccountMutationVariables>;
export const ErasureDocument = new TypedDocumentString(`
    query Erasure($id: ID!) {
  erasure(id: $id) {
    id
    state
    scope
    dueAt
    liveErasedAt
    certificate {
      text
      signature
      genuine
    }
  }
}
    `) as unknown as TypedDocumentString<ErasureQuery, ErasureQueryVariables>;
export const DataAccessDocument = new TypedDocumentString(`
    query DataAccess($after: String) {
  viewer {
    account {
      id
      dataAccess(first: 20, after: $after) {
        edges {
          node {
            id
            at
            reader
            roles
            handle
            resellerAccountId
            purpose
            fields
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<DataAccessQuery, DataAccessQueryVariables>;
export const WatchMyIncidentsDocument = new TypedDocumentString(`
    subscription WatchMyIncidents($after: BigInt) {
  incidentNotified(after: $after, mode: EVERY) {
    kind
    sequence
    incident {
      ...MyIncident
    }
    newest {
      ...MyIncident
    }
  }
}
    fragment MyIncident on Incident {
  id
  kind
  state
  occurredAt
  knownAt
  categories
  message
  toldAt
  closedAt
}`) as unknown as TypedDocumentString<WatchMyIncidentsSubscription, WatchMyIncidentsSubscriptionVariables>;
export const MeDocument = new TypedDocumentString(`
    query Me {
  viewer {
    account {
      id
      status
      currency
      country
      createdAt
      unreadNotices
    }
    person {
      id
      login
      role
      email
      emailVerifiedAt
    }
    session {
      id
      expiresAt
    }
    pendingEmail
    recoveryCodesLeft
    requirements
    secondFactor {
      totpSince
      isRequired
      isAdvised
      passkeys {
        id
        name
        createdAt
        lastUsedAt
      }
    }
    staff {
      roles
      scope
      authorisedUntil
    }
  }
}
    `) as unknown as TypedDocumentString<MeQuery, MeQueryVariables>;
export const TermsDocument = new TypedDocumentString(`
    query Terms {
  policyInForce {
    document
    version
  }
}
    `) as unknown as TypedDocumentString<TermsQuery, TermsQueryVariables>;
export const SignInDocument = new TypedDocumentString(`
    mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    __typename
    ... on SignedIn {
      deviceToken
      requirements
    }
    ... on SecondFactorRequired {
      challenge
      factors
      expiresAt
      passkey {
        ...PasskeyAsked
      }
    }
    ... on TooManyAttempts {
      retryAfterSeconds
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment PasskeyAsked on PasskeyRequest {
  token
  challenge
  rpId
  allowedCredentialIds
}
fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const CompleteSignInDocument = new TypedDocumentString(`
    mutation CompleteSignIn($input: CompleteSignInInput!) {
  completeSignIn(input: $input) {
    __typename
    ... on SignedIn {
      deviceToken
      requirements
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<CompleteSignInMutation, CompleteSignInMutationVariables>;
export const StartPasskeySignInDocument = new TypedDocumentString(`
    mutation StartPasskeySignIn {
  startPasskeySignIn {
    __typename
    ... on PasskeySignInStarted {
      request {
        ...PasskeyAsked
      }
    }
  }
}
    fragment PasskeyAsked on PasskeyRequest {
  token
  challenge
  rpId
  allowedCredentialIds
}`) as unknown as TypedDocumentString<StartPasskeySignInMutation, StartPasskeySignInMutationVariables>;
export const SignInWithPasskeyDocument = new TypedDocumentString(`
    mutation SignInWithPasskey($input: SignInWithPasskeyInput!) {
  signInWithPasskey(input: $input) {
    __typename
    ... on SignedIn {
      deviceToken
      requirements
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<SignInWithPasskeyMutation, SignInWithPasskeyMutationVariables>;
export const RegisterDocument = new TypedDocumentString(`
    mutation Register($input: RegisterInput!) {
  register(input: $input) {
    __typename
    ... on Registered {
      accountId
    }
    ... on PasswordTooWeak {
      hint
      lengthMin
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RegisterMutation, RegisterMutationVariables>;
export const SignOutDocument = new TypedDocumentString(`
    mutation SignOut {
  signOut {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<SignOutMutation, SignOutMutationVariables>;
export const ConfirmPasswordDocument = new TypedDocumentString(`
    mutation ConfirmPassword($input: ConfirmPasswordInput!) {
  confirmPassword(input: $input) {
    __typename
    ... on PasswordConfirmed {
      steppedUpUntil
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ConfirmPasswordMutation, ConfirmPasswordMutationVariables>;
export const ConfirmSecondFactorDocument = new TypedDocumentString(`
    mutation ConfirmSecondFactor($input: ConfirmSecondFactorInput!) {
  confirmSecondFactor(input: $input) {
    __typename
    ... on SecondFactorConfirmed {
      steppedUpUntil
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ConfirmSecondFactorMutation, ConfirmSecondFactorMutationVariables>;
export const RequestPasswordResetDocument = new TypedDocumentString(`
    mutation RequestPasswordReset($input: RequestPasswordResetInput!) {
  requestPasswordReset(input: $input) {
    __typename
    ... on PasswordResetRequested {
      expiresAt
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RequestPasswordResetMutation, RequestPasswordResetMutationVariables>;
export const ResetPasswordDocument = new TypedDocumentString(`
    mutation ResetPassword($input: ResetPasswordInput!) {
  resetPassword(input: $input) {
    __typename
    ... on PasswordTooWeak {
      hint
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ResetPasswordMutation, ResetPasswordMutationVariables>;
export const ResetPasswordWithCodeDocument = new TypedDocumentString(`
    mutation ResetPasswordWithCode($input: ResetPasswordWithCodeInput!) {
  resetPasswordWithCode(input: $input) {
    __typename
    ... on PasswordTooWeak {
      hint
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ResetPasswordWithCodeMutation, ResetPasswordWithCodeMutationVariables>;
export const SetEmailDocument = new TypedDocumentString(`
    mutation SetEmail($input: SetEmailInput!) {
  setEmail(input: $input) {
    __typename
    ... on EmailCodeSent {
      expiresAt
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<SetEmailMutation, SetEmailMutationVariables>;
export const ResendEmailCodeDocument = new TypedDocumentString(`
    mutation ResendEmailCode {
  resendEmailCode {
    __typename
    ... on EmailCodeSent {
      expiresAt
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ResendEmailCodeMutation, ResendEmailCodeMutationVariables>;
export const VerifyEmailDocument = new TypedDocumentString(`
    mutation VerifyEmail($input: VerifyEmailInput!) {
  verifyEmail(input: $input) {
    __typename
    ... on EmailVerified {
      verifiedAt
    }
    ... on EmailCodeInvalid {
      attemptsLeft
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<VerifyEmailMutation, VerifyEmailMutationVariables>;
export const WatchTicketsDocument = new TypedDocumentString(`
    subscription WatchTickets($after: BigInt) {
  ticketChanged(after: $after, mode: EVERY) {
    kind
    sequence
    ticket {
      ...TicketLine
    }
    newest {
      ...TicketLine
    }
  }
}
    fragment TicketLine on Ticket {
  id
  kind
  state
  subject
  receivedAt
  updatedAt
}`) as unknown as TypedDocumentString<WatchTicketsSubscription, WatchTicketsSubscriptionVariables>;
export const WatchTicketDocument = new TypedDocumentString(`
    subscription WatchTicket($id: ID!, $after: BigInt) {
  ticketChanged(id: $id, after: $after, mode: LATEST) {
    kind
    sequence
    ticket {
      ...TicketThread
    }
  }
}
    fragment TicketThread on Ticket {
  id
  kind
  state
  source
  subject
  receivedAt
  dueAt
  closedAt
  updatedAt
  messages {
    id
    fromStaff
    text
    receivedAt
  }
}`) as unknown as TypedDocumentString<WatchTicketSubscription, WatchTicketSubscriptionVariables>;
export const OpenTicketDocument = new TypedDocumentString(`
    mutation OpenTicket($input: OpenTicketInput!) {
  openTicket(input: $input) {
    __typename
    ... on TicketOpened {
      ticket {
        id
      }
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<OpenTicketMutation, OpenTicketMutationVariables>;
export const ReportDefectDocument = new TypedDocumentString(`
    mutation ReportDefect($input: ReportDefectInput!) {
  reportDefect(input: $input) {
    __typename
    ... on DefectReported {
      receipt
      receivedAt
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ReportDefectMutation, ReportDefectMutationVariables>;
export const ReplyToTicketDocument = new TypedDocumentString(`
    mutation ReplyToTicket($input: ReplyToTicketInput!) {
  replyToTicket(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ReplyToTicketMutation, ReplyToTicketMutationVariables>;
export const CloseTicketDocument = new TypedDocumentString(`
    mutation CloseTicket($input: CloseTicketInput!) {
  closeTicket(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<CloseTicketMutation, CloseTicketMutationVariables>;
export const SandboxTokensDocument = new TypedDocumentString(`
    query SandboxTokens {
  sandboxTokens {
    token
    description
  }
}
    `) as unknown as TypedDocumentString<SandboxTokensQuery, SandboxTokensQueryVariables>;
export const AutoTopUpsDocument = new TypedDocumentString(`
    query AutoTopUps {
  viewer {
    account {
      id
      currency
      autoTopUps {
        ...AutoTopUpShown
      }
    }
  }
}
    fragment AutoTopUpShown on AutoTopUp {
  id
  unit
  state
  enabled
  below
  add
  currency
  methodId
  capPerDay {
    amount
    currency
  }
  capPerMonth {
    amount
    currency
  }
  suspension
  heldBack
  spentToday {
    amount
    currency
  }
  spentThisMonth {
    amount
    currency
  }
  lastDecision {
    at
    decision
    explanation
    available
    threshold
    nextAt
  }
}`) as unknown as TypedDocumentString<AutoTopUpsQuery, AutoTopUpsQueryVariables>;
export const WatchTopUpsDocument = new TypedDocumentString(`
    subscription WatchTopUps($after: BigInt) {
  topUpChanged(after: $after, mode: EVERY) {
    kind
    sequence
    topUp {
      ...TopUpLine
    }
    newest {
      ...TopUpLine
    }
  }
}
    fragment TopUpLine on TopUp {
  id
  createdAt
  status
  failureCode
  nextAction
  purpose
  amount {
    amount
    currency
  }
  received {
    amount
    currency
  }
  refunded {
    amount
    currency
  }
}`) as unknown as TypedDocumentString<WatchTopUpsSubscription, WatchTopUpsSubscriptionVariables>;
export const WatchCardsDocument = new TypedDocumentString(`
    subscription WatchCards($after: BigInt) {
  paymentMethodChanged(after: $after, mode: EVERY) {
    kind
    sequence
    paymentMethod {
      ...CardLine
    }
    paymentMethods {
      ...CardLine
    }
  }
}
    fragment CardLine on PaymentMethod {
  id
  status
  savedFor
  isDefault
  nextAction
  failureCode
  brand
  last4
  expMonth
  expYear
}`) as unknown as TypedDocumentString<WatchCardsSubscription, WatchCardsSubscriptionVariables>;
export const WatchAutoTopUpsDocument = new TypedDocumentString(`
    subscription WatchAutoTopUps($after: BigInt) {
  autoTopUpChanged(after: $after, mode: EVERY) {
    kind
    sequence
    change
    autoTopUp {
      ...AutoTopUpShown
    }
    all {
      ...AutoTopUpShown
    }
  }
}
    fragment AutoTopUpShown on AutoTopUp {
  id
  unit
  state
  enabled
  below
  add
  currency
  methodId
  capPerDay {
    amount
    currency
  }
  capPerMonth {
    amount
    currency
  }
  suspension
  heldBack
  spentToday {
    amount
    currency
  }
  spentThisMonth {
    amount
    currency
  }
  lastDecision {
    at
    decision
    explanation
    available
    threshold
    nextAt
  }
}`) as unknown as TypedDocumentString<WatchAutoTopUpsSubscription, WatchAutoTopUpsSubscriptionVariables>;
export const CreateTopUpDocument = new TypedDocumentString(`
    mutation CreateTopUp($input: CreateTopUpInput!) {
  createTopUp(input: $input) {
    __typename
    ... on TopUpCreated {
      replayed
      topUp {
        id
        status
      }
    }
    ... on AmountTooSmall {
      minimum {
        amount
        currency
      }
    }
    ... on AmountTooLarge {
      maximum {
        amount
        currency
      }
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<CreateTopUpMutation, CreateTopUpMutationVariables>;
export const ConfirmTopUpDocument = new TypedDocumentString(`
    mutation ConfirmTopUp($input: ConfirmTopUpInput!) {
  confirmTopUp(input: $input) {
    __typename
    ... on TopUpConfirmed {
      topUp {
        id
        status
      }
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ConfirmTopUpMutation, ConfirmTopUpMutationVariables>;
export const SaveCardDocument = new TypedDocumentString(`
    mutation SaveCard($input: SavePaymentMethodInput!) {
  savePaymentMethod(input: $input) {
    __typename
    ... on PaymentMethodAdded {
      paymentMethod {
        id
        status
      }
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<SaveCardMutation, SaveCardMutationVariables>;
export const RemoveCardDocument = new TypedDocumentString(`
    mutation RemoveCard($input: RemovePaymentMethodInput!) {
  removePaymentMethod(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<RemoveCardMutation, RemoveCardMutationVariables>;
export const SetAutoTopUpDocument = new TypedDocumentString(`
    mutation SetAutoTopUp($input: AutoTopUpInput!) {
  setAutoTopUp(input: $input) {
    __typename
    ... on AutoTopUpStored {
      autoTopUp {
        ...AutoTopUpShown
      }
    }
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}
fragment AutoTopUpShown on AutoTopUp {
  id
  unit
  state
  enabled
  below
  add
  currency
  methodId
  capPerDay {
    amount
    currency
  }
  capPerMonth {
    amount
    currency
  }
  suspension
  heldBack
  spentToday {
    amount
    currency
  }
  spentThisMonth {
    amount
    currency
  }
  lastDecision {
    at
    decision
    explanation
    available
    threshold
    nextAt
  }
}`) as unknown as TypedDocumentString<SetAutoTopUpMutation, SetAutoTopUpMutationVariables>;
export const DisableAutoTopUpDocument = new TypedDocumentString(`
    mutation DisableAutoTopUp($input: AutoTopUpUnitInput!) {
  disableAutoTopUp(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<DisableAutoTopUpMutation, DisableAutoTopUpMutationVariables>;
export const ResumeAutoTopUpDocument = new TypedDocumentString(`
    mutation ResumeAutoTopUp($input: AutoTopUpUnitInput!) {
  resumeAutoTopUp(input: $input) {
    __typename
    ... on Problem {
      ...Refused
    }
  }
}
    fragment Refused on Problem {
  code
  message
  field
}`) as unknown as TypedDocumentString<ResumeAutoTopUpMutation, ResumeAutoTopUpMutationVariables>;
export const WalletsDocument = new TypedDocumentString(`
    query Wallets {
  viewer {
    account {
      wallets {
        id
        unit
        openedAt
        balance {
          available
          held
          sequence
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<WalletsQuery, WalletsQueryVariables>;
export const WalletHistoryDocument = new TypedDocumentString(`
    query WalletHistory($after: String) {
  viewer {
    account {
      wallets {
        id
        unit
        postings(first: 100, after: $after) {
          edges {
            node {
              ...PostingLine
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
}
    fragment PostingLine on Posting {
  sequence
  kind
  amount
  heldChange
  postedAfter
  heldAfter
  reference
  at
}`) as unknown as TypedDocumentString<WalletHistoryQuery, WalletHistoryQueryVariables>;
export const WatchBalanceDocument = new TypedDocumentString(`
    subscription WatchBalance($unit: Unit!, $after: BigInt) {
  balance(unit: $unit, after: $after, mode: EVERY) {
    kind
    sequence
    unit
    posted
    held
    available
    at
    posting {
      ...PostingLine
    }
  }
}
    fragment PostingLine on Posting {
  sequence
  kind
  amount
  heldChange
  postedAfter
  heldAfter
  reference
  at
}`) as unknown as TypedDocumentString<WatchBalanceSubscription, WatchBalanceSubscriptionVariables>;
export const WatchLatestDocument = new TypedDocumentString(`
    subscription WatchLatest($unit: Unit!, $after: BigInt) {
  balance(unit: $unit, after: $after, mode: LATEST) {
    kind
    sequence
    unit
    held
    available
    at
  }
}
    `) as unknown as TypedDocumentString<WatchLatestSubscription, WatchLatestSubscriptionVariables>;
export const WatchNoticesDocument = new TypedDocumentString(`
    subscription WatchNotices($after: BigInt) {
  noticePosted(after: $after, mode: EVERY) {
    kind
    sequence
    notice {
      ...NoticeLine
    }
    newest {
      ...NoticeLine
    }
  }
}
    fragment NoticeLine on Notice {
  id
  kind
  createdAt
  readAt
  title
  text
}`) as unknown as TypedDocumentString<WatchNoticesSubscription, WatchNoticesSubscriptionVariables>;
export const MarkAllNoticesReadDocument = new TypedDocumentString(`
    mutation MarkAllNoticesRead {
  markAllNoticesRead {
    marked
  }
}
    `) as unknown as TypedDocumentString<MarkAllNoticesReadMutation, MarkAllNoticesReadMutationVariables>;