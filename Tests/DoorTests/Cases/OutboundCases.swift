import IAMAPI
import STSAPI

extension OperationCase {
    private static let enabled: @Sendable (House) async throws -> Void = { house in
        // It may be enabled already.
        _ = try await house.call(IAM.service, "EnableOutboundWebIdentityFederation", as: house.root)
    }

    static let outbound: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "EnableOutboundWebIdentityFederation", input: [:],
            asks: [Asked("iam:EnableOutboundWebIdentityFederation", "*")],
            refusals: [Refused("FeatureEnabled", after: [("EnableOutboundWebIdentityFederation", [:])])]),
        OperationCase(
            service: IAM.service, name: "DisableOutboundWebIdentityFederation", input: [:],
            asks: [Asked("iam:DisableOutboundWebIdentityFederation", "*")],
            refusals: [Refused("FeatureDisabled")], preparation: enabled),
        OperationCase(
            service: IAM.service, name: "GetOutboundWebIdentityFederationInfo", input: [:],
            asks: [Asked("iam:GetOutboundWebIdentityFederationInfo", "*")],
            refusals: [Refused("FeatureDisabled")], preparation: enabled),
        OperationCase(
            service: STS.service, name: "GetWebIdentityToken",
            input: [
                "Audience": ["https://api.example.com"], "SigningAlgorithm": "ES384", "DurationSeconds": 600,
                "Tags": tags(["team": "red"]),
            ],
            asks: [
                Asked("sts:GetWebIdentityToken", "arn:aws:sts::\(House.account):self"),
                Asked("sts:TagGetWebIdentityToken", "arn:aws:sts::\(House.account):self"),
            ],
            keys: [
                "sts:IdentityTokenAudience": "https://api.example.com", "sts:SigningAlgorithm": "ES384",
                "sts:DurationSeconds": "600", "aws:RequestTag/team": "red", "aws:TagKeys": "team",
            ],
            refusals: [
                Refused("OutboundWebIdentityFederationDisabledException"),
                Refused("ValidationError", ["SigningAlgorithm": "HS256"]),
            ],
            preparation: enabled),
    ]
}
