import IAMAPI

extension OperationCase {
    private static let alice = Stage.iam + "user/staff/alice"
    private static let strict: (String, Input) = (
        "UpdateAccountPasswordPolicy",
        [
            "MinimumPasswordLength": 12, "RequireSymbols": true, "RequireNumbers": true,
            "RequireUppercaseCharacters": true, "RequireLowercaseCharacters": true, "PasswordReusePrevention": 2,
        ]
    )
    private static let goodPassword: Value = "Correct horse 7"

    static let signIn: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "CreateLoginProfile",
            input: ["UserName": "bare", "Password": goodPassword, "PasswordResetRequired": true],
            asks: [Asked("iam:CreateLoginProfile", Stage.iam + "user/bare")], isTagged: true,
            refusals: [
                .missing("UserName"), Refused("EntityAlreadyExists", ["UserName": "alice"]),
                Refused("PasswordPolicyViolation", ["Password": "Short 7"]),
                Refused("ValidationError", ["Password": "\u{100}aA1 five six"]),
                Refused("PasswordPolicyViolation", ["Password": "correct horse 7!"], after: [strict]),
                Refused("PasswordPolicyViolation", ["Password": "CORRECT HORSE 7!"], after: [strict]),
                Refused("PasswordPolicyViolation", ["Password": "Correct horse !"], after: [strict]),
                Refused("PasswordPolicyViolation", ["Password": "Correct horse 7"], after: [strict]),
                Refused("PasswordPolicyViolation", ["Password": "Correct 7!"], after: [strict]),
            ]),
        OperationCase(
            service: IAM.service, name: "GetLoginProfile", input: ["UserName": "alice"],
            asks: [Asked("iam:GetLoginProfile", alice)], isTagged: true,
            refusals: [.missing("UserName"), Refused("NoSuchEntity", ["UserName": "bare"])]),
        OperationCase(
            service: IAM.service, name: "UpdateLoginProfile",
            input: ["UserName": "alice", "Password": goodPassword, "PasswordResetRequired": true],
            asks: [Asked("iam:UpdateLoginProfile", alice)], isTagged: true,
            refusals: [
                .missing("UserName"), Refused("NoSuchEntity", ["UserName": "bare"]),
                Refused("PasswordPolicyViolation", ["Password": "Short 7"]),
                Refused("PasswordPolicyViolation", ["Password": .text(Stage.alicePassword)], after: [strict]),
            ]),
        OperationCase(
            service: IAM.service, name: "DeleteLoginProfile", input: ["UserName": "alice"],
            asks: [Asked("iam:DeleteLoginProfile", alice)], isTagged: true,
            refusals: [.missing("UserName"), Refused("NoSuchEntity", ["UserName": "bare"])]),
        OperationCase(
            service: IAM.service, name: "ChangePassword",
            input: ["OldPassword": .text(Stage.callerPassword), "NewPassword": goodPassword],
            asks: [Asked("iam:ChangePassword", Stage.callerARN)],
            refusals: [
                Refused("AccessDenied", ["OldPassword": "Something else 1"]),
                Refused("PasswordPolicyViolation", ["NewPassword": "Short 7"]),
                Refused("PasswordPolicyViolation", ["NewPassword": .text(Stage.callerPassword)], after: [strict]),
                Refused("NoSuchEntity", after: [("DeleteLoginProfile", ["UserName": "caller"])]),
            ]),
        OperationCase(
            service: IAM.service, name: "GetAccountPasswordPolicy", input: [:],
            asks: [Asked("iam:GetAccountPasswordPolicy", "*")],
            refusals: [Refused("NoSuchEntity", after: [("DeleteAccountPasswordPolicy", [:])])]),
        OperationCase(
            service: IAM.service, name: "UpdateAccountPasswordPolicy",
            input: ["MinimumPasswordLength": 14, "RequireSymbols": true, "MaxPasswordAge": 90, "HardExpiry": false],
            asks: [Asked("iam:UpdateAccountPasswordPolicy", "*")],
            refusals: [
                Refused("ValidationError", ["MinimumPasswordLength": 5]),
                Refused("ValidationError", ["MaxPasswordAge": 0]),
                Refused("ValidationError", ["PasswordReusePrevention": 25]),
            ]),
        OperationCase(
            service: IAM.service, name: "DeleteAccountPasswordPolicy", input: [:],
            asks: [Asked("iam:DeleteAccountPasswordPolicy", "*")],
            refusals: [Refused("NoSuchEntity", after: [("DeleteAccountPasswordPolicy", [:])])]),
    ]
}
