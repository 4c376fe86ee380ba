"""The schema as a contract: committed, described, declared (DESIGN §5, Q003, Q010)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
)
from strawberry.schema.schema import Schema

from server.gateway.engine import Engine, RequestError
from server.kit import personal
from server.kit.personal import Told
from server.schema import HELD, schema

ROOT = Path(__file__).parent.parent


def test_the_committed_schema_is_what_the_code_says() -> None:
    assert (ROOT / "schema.graphql").read_text() == schema.as_str() + "\n", (
        "run: postmeter schema > schema.graphql"
    )


@pytest.mark.rule("Q010", "H012")
def test_every_field_declares_who_may_read_it_and_for_which_purpose() -> None:
    assert Engine(schema).undeclared() == []


@pytest.mark.rule("Q003")
def test_every_column_is_declared_exactly_once_in_one_category() -> None:
    assert personal.faults(HELD) == []


@pytest.mark.rule("P006")
def test_data_of_accounts_without_a_source_stops_the_start() -> None:
    sourceless = replace(HELD[0], source=None)
    assert "audit_entries does not say where its data is from: give `source`, one of form, order" in str(
        personal.faults([sourceless, *HELD[1:]])
    )
    misled = replace(HELD[0], source=Told("origins", {}))
    assert "there is no audit_entries.origins" in str(personal.faults([misled, *HELD[1:]]))
    assert {held.category for held in HELD} <= {"identification", "technical", "financial", "activity"}


def test_everything_in_the_schema_is_described() -> None:
    assert undescribed(schema) == []


def undescribed(of: Schema) -> list[str]:
    """Types, fields, arguments and enum values without a description, as coordinates."""
    missing = []
    for name, kind in of._schema.type_map.items():
        if name.startswith("__") or name in ("Int", "String", "Boolean", "Float", "ID"):
            continue
        if not kind.description:
            missing.append(name)
        if isinstance(kind, GraphQLEnumType) and name != "Currency":
            missing += [f"{name}.{value}" for value, one in kind.values.items() if not one.description]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field_name, field in kind.fields.items():
                if not field.description:
                    missing.append(f"{name}.{field_name}")
                arguments = getattr(field, "args", {})
                missing += [
                    f"{name}.{field_name}({one}:)" for one in arguments if not arguments[one].description
                ]
    return missing


@pytest.mark.rule("Q010")
def test_the_purposes_are_the_declared_four() -> None:
    held = {one.purpose for one in HELD}
    fields = {one.access.purpose for one in Engine(schema)._bindings.declared() if one.access}
    assert held | fields == {"identification", "api_use", "balance_and_orders", "security"}


@pytest.mark.rule("Q002")
def test_the_texts_that_are_asked_for_are_these() -> None:
    """Each is in some personal.py or kept nowhere; another one is another decision."""
    assert {name for name in texts_asked_for(schema) if not name.endswith(".idempotencyKey")} == {
        "AcceptInvitationInput.login",
        "AcceptInvitationInput.password",
        "AcceptInvitationInput.token",
        "AnswerRecipientRequestInput.text",
        "AnswerTicketInput.text",
        "AssessIncidentInput.categories",
        "AssessIncidentInput.consequences",
        "AppealComplaintInput.appealCode",
        "AppealComplaintInput.text",
        "AddCampaignRecipientsInput.recipients",
        "AgeInput.birthDate",
        "BecomeResellerInput.policyUrl",
        "ChangePlanInput.plan",
        "ChangePasswordInput.currentPassword",
        "ChangePasswordInput.password",
        "CloseAccountInput.acknowledgedLosses",
        "ComplaintEvidenceInput.text",
        "ConfirmPasswordInput.password",
        "ConfirmPaymentMethodInput.code",
        "ConfirmTopUpInput.code",
        "CountryCountInput.country",
        "CreateApiKeyInput.name",
        "CreateCampaignInput.name",
        "CreateEventConnectionInput.credential",
        "CompleteSignInInput.challenge",
        "CompleteSignInInput.deviceToken",
        "ConfirmTotpInput.code",
        "CreateApiKeyInput.privacyPolicyUrl",
        "IssueApiKeyInput.name",
        "IssueApiKeyInput.privacyPolicyUrl",
        "ActivateProcessorInput.agreement",
        "AddIpToPoolInput.address",
        "CheckLegalityInput.reference",
        "ConsentInput.purpose",
        "CreateSenderInput.countries",
        "CreateSenderInput.name",
        "CreateTopUpInput.paymentToken",
        "CreditPackInput.code",
        "DecideIncidentNoticeInput.message",
        "DecideIncidentNoticeInput.reason",
        "DecideSenderInput.countries",
        "DecideSenderInput.note",
        "DeclareForceMajeureInput.reason",
        "EmailMessageInput.subject",
        "EmailMessageInput.text",
        "EmailVerificationInput.listName",
        "EnterPrivacyRequestInput.messageId",
        "EnterPrivacyRequestInput.purposes",
        "EnterPrivacyRequestInput.text",
        "EnterRecipientRequestInput.address",
        "EnterRecipientRequestInput.messageId",
        "EnterRecipientRequestInput.text",
        "EraseOnRequestInput.acknowledgedWarning",
        "FileRecipientRequestInput.address",
        "FulfilPrivacyRequestInput.answer",
        "ObjectToProcessingInput.acknowledgedLosses",
        "ObjectToProcessingInput.purposes",
        "RaiseConcernInput.text",
        "ReportMinorInput.named",
        "ReportMinorInput.text",
        "RequestErasureInput.acknowledgedLosses",
        "RequestErasureInput.acknowledgedWarning",
        "RefusePolicyInput.acknowledgedLosses",
        "RefusePolicyInput.version",
        "RefusePrivacyRequestInput.answer",
        "RequestRectificationInput.text",
        "RestrictProcessingInput.purposes",
        "FileRecipientRequestInput.text",
        "ImportSuppressionsInput.addresses",
        "IncidentCriterionInput.heldCategory",
        "InviteMemberInput.email",
        "MergeFieldInput.name",
        "MessageEventInput.code",
        "MessageEventInput.country",
        "MessageEventInput.domain",
        "MessageEventInput.key",
        "MessageEventInput.link",
        "MessageEventInput.recipient",
        "MoveIncidentInput.skipReason",
        "NoteIncidentInput.text",
        "NumberLookupInput.country",
        "OpenComplaintInput.complainant",
        "OpenComplaintInput.text",
        "OpenIncidentInput.messageId",
        "OpenIncidentInput.summary",
        "PasskeyAnswerInput.authenticatorData",
        "PasskeyAnswerInput.challenge",
        "PasskeyAnswerInput.clientDataJson",
        "PasskeyAnswerInput.credentialId",
        "PasskeyAnswerInput.signature",
        "PaymentInput.token",
        "PlaceOrderInput.reference",
        "PolicyVersionInput.document",
        "PolicyVersionInput.language",
        "PolicyVersionInput.version",
        "PostalAddressInput.city",
        "PostalAddressInput.country",
        "PostalAddressInput.name",
        "PostalAddressInput.number",
        "PostalAddressInput.postalCode",
        "PostalAddressInput.street",
        "RecordAttestationInput.kind",
        "RecordAttestationInput.owner",
        "RecordAttestationInput.reference",
        "RecordIncidentAuthorityNoticeInput.authority",
        "RecordIncidentAuthorityNoticeInput.delayReason",
        "RecordIncidentAuthorityNoticeInput.reference",
        "RecordDisclosureInput.authority",
        "RecordDisclosureInput.categories",
        "RecordDisclosureInput.legalBasis",
        "RecordDisclosureInput.recipient",
        "RecordDisclosureInput.reference",
        "RecipientRequestSenderInput.linkToken",
        "RegisterInput.country",
        "RegisterInput.login",
        "RegisterInput.password",
        "ReportAbuseInput.complainant",
        "ReportAbuseInput.text",
        "RemoveSuppressionInput.reason",
        "RegisterPasskeyInput.attestationObject",
        "RegisterPasskeyInput.challenge",
        "RegisterPasskeyInput.clientDataJson",
        "RegisterPasskeyInput.credentialId",
        "RegisterPasskeyInput.name",
        "RegisterProcessorInput.categories",
        "RegisterProcessorInput.name",
        "RegisterProcessorInput.region",
        "RequestPasswordResetInput.email",
        "ReportCompromiseInput.note",
        "ResetPasswordInput.password",
        "ResetPasswordInput.token",
        "ResetPasswordWithCodeInput.code",
        "ResetPasswordWithCodeInput.login",
        "ResetPasswordWithCodeInput.password",
        "ReviewVatNumberInput.number",
        "RotateEventConnectionSecretInput.credential",
        "SavePaymentMethodInput.token",
        "SecondFactorInput.code",
        "SecondFactorInput.recoveryCode",
        "SetEmailInput.email",
        "SetPriceInput.product",
        "SetVatNumberInput.number",
        "SignInInput.deviceToken",
        "SignInInput.login",
        "SignInInput.password",
        "SmsMessageInput.sender",
        "SmsMessageInput.text",
        "SignInWithPasskeyInput.deviceToken",
        "SmsSendInput.country",
        "StartPlanInput.plan",
        "UpdateCampaignInput.name",
        "UpdateSenderInput.countries",
        "UpdateSenderInput.name",
        "ConfirmContactInput.code",
        "ContactSupportInput.email",
        "ContactSupportInput.subject",
        "ContactSupportInput.text",
        "EnterTicketAsPrivacyRequestInput.purposes",
        "OpenTicketInput.subject",
        "OpenTicketInput.text",
        "ReplyToTicketInput.text",
        "ReportDefectInput.subject",
        "ReportDefectInput.text",
        "UsageEntryInput.reference",
        "VerifyEmailInput.code",
        "VerifyRecipientRequestInput.code",
    }


@pytest.mark.rule("Q002")
def test_what_is_not_asked_for_is_refused() -> None:
    document = """mutation { register(input: {login: "a.b", password: "c", email: "d@example.com"}) { __typename } }"""
    with pytest.raises(RequestError) as caught:
        Engine(schema).prepare(document, None, {})
    [error] = caught.value.errors
    assert (error.extensions or {})["code"] == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.rule("Q019")
def test_what_moves_or_destroys_value_is_done_once() -> None:
    """A repetition of the others is refused, or changes nothing that was there."""
    kinds = schema._schema.type_map
    mutation = kinds["Mutation"]
    assert isinstance(mutation, GraphQLObjectType)
    without = set()
    for name, field in mutation.fields.items():
        asked = getattr(get_named_type(field.args["input"].type), "fields", {}) if field.args else {}
        key = asked.get("idempotencyKey")
        if key is None or str(key.type) != "String!":
            without.add(name)
    assert without == {
        "register",
        "signIn",
        "completeSignIn",
        "startPasskeySignIn",
        "signInWithPasskey",
        "enrolTotp",
        "confirmTotp",
        "disableTotp",
        "confirmSecondFactor",
        "startPasskeyRegistration",
        "registerPasskey",
        "startPasskeyProof",
        "removePasskey",
        "reportCompromise",
        "issueApiKey",
        "becomeReseller",
        "offerManagement",
        "acceptManagement",
        "endManagement",
        "signOut",
        "revokeSession",
        "changePassword",
        "createApiKey",
        "revokeApiKey",
        "acceptPolicy",
        "markNoticeRead",
        "markAllNoticesRead",
        "setNoticeLanguage",
        "confirmPassword",
        "setEmail",
        "resendEmailCode",
        "verifyEmail",
        "requestPasswordReset",
        "resetPassword",
        "resetPasswordWithCode",
        "createRecoveryCodes",
        "setPostalAddress",
        "inviteMember",
        "revokeInvitation",
        "acceptInvitation",
        "changeRole",
        "removeMember",
        "setVatNumber",
        "clearVatNumber",
        "reviewVatNumber",
        "setAutoTopUp",
        "disableAutoTopUp",
        "resumeAutoTopUp",
        "setAutoTopUpKillSwitch",
        "cancelPlan",
        "resumePlan",
        "removeSeats",
        "keepSeats",
        "withdrawMember",
        "keepMember",
        "updatePaymentMethod",
        "removePaymentMethod",
        "cancelFixedIp",
        "keepFixedIp",
        "addIpToPool",
        "retireIpFromPool",
        "announceFixedIpReclaim",
        "reclaimFixedIp",
        "createSender",
        "updateSender",
        "submitSender",
        "withdrawSender",
        "requestSenderDocumentUpload",
        "requestSenderDocumentView",
        "decideSender",
        "createCampaign",
        "updateCampaign",
        "declareCampaignAudience",
        "addCampaignRecipients",
        "setCampaignRecipientCount",
        "scheduleCampaign",
        "pauseCampaign",
        "resumeCampaign",
        "completeCampaign",
        "cancelCampaign",
        "importSuppressions",
        "removeSuppression",
        "recordMessageEvents",
        "createEventConnection",
        "createOperatorEventConnection",
        "rotateEventConnectionSecret",
        "revokeEventConnection",
        "rotateOperatorEventConnectionSecret",
        "revokeOperatorEventConnection",
        "leaveAccount",
        "reactivateAccount",
        "setApiLimits",
        "suspendAccount",
        "setResalePermission",
        "unsuspendAccount",
        "fileRecipientRequest",
        "verifyRecipientRequest",
        "answerRecipientRequest",
        "enterRecipientRequest",
        "confirmRecipientRequest",
        "closeRecipientRequest",
        "requestRectification",
        "verifyAge",
        "reportMinor",
        "discoverMinor",
        "dismissMinorReport",
        "raiseConcern",
        "restrictProcessing",
        "liftRestriction",
        "withdrawPrivacyRequest",
        "enterPrivacyRequest",
        "verifyPrivacyRequest",
        "beginPrivacyRequest",
        "holdPrivacyRequest",
        "extendPrivacyRequest",
        "fulfilPrivacyRequest",
        "refusePrivacyRequest",
        "reportAbuse",
        "classifyComplaint",
        "submitComplaintProof",
        "appealComplaint",
        "retryDeadLetter",
        "retryDueWork",
        "declareForceMajeure",
        "endForceMajeure",
        "refuseApiPolicy",
        "refusePolicy",
        "giveConsent",
        "withdrawConsent",
        "checkLegality",
        "announceRecipientClass",
        "recordDisclosure",
        "registerProcessor",
        "activateProcessor",
        "endProcessor",
        "recordAttestation",
        "checkPolicy",
        "requestExport",
        "createExportLink",
        "cancelExport",
        "openTicket",
        "reportDefect",
        "replyToTicket",
        "closeTicket",
        "answerTicket",
        "endTicket",
        "contactSupport",
        "confirmContact",
        "enterTicketAsPrivacyRequest",
        "openIncident",
        "nameIncidentAccounts",
        "setIncidentCriterion",
        "assessIncident",
        "decideIncidentNotice",
        "recordIncidentAuthorityNotice",
        "noteIncident",
        "moveIncident",
    }


def texts_asked_for(of: Schema) -> list[str]:
    return [
        f"{name}.{field_name}"
        for name, kind in of._schema.type_map.items()
        if isinstance(kind, GraphQLInputObjectType)
        for field_name, field in kind.fields.items()
        if get_named_type(field.type).name == "String"
    ]


@pytest.mark.rule("Q018", "Q012")
def test_no_type_shows_a_password_or_a_hash() -> None:
    shown = [
        f"{name}.{field}"
        for name, kind in schema._schema.type_map.items()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__")
        for field in kind.fields
        if "password" in field.lower() or "hash" in field.lower()
    ]
    # The instant of the last change, and the verbs that take one, show nothing.
    assert set(shown) <= {
        "Person.passwordChangedAt",
        "Mutation.changePassword",
        "Mutation.confirmPassword",
        "Mutation.requestPasswordReset",
        "Mutation.resetPassword",
        "Mutation.resetPasswordWithCode",
    }
