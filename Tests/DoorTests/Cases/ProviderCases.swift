import Foundation
import IAMAPI

/// Operations on identity providers; the two of STS that their tokens and assertions open are in `BearerTests`.
extension OperationCase {
    static let oidcARN = Stage.iam + "oidc-provider/id.example.com/tenant"
    static let samlARN = Stage.iam + "saml-provider/corporate"
    private static let print: Value = "0123456789abcdef0123456789abcdef01234567"
    private static let noProvider = Refused(
        "NoSuchEntity", ["OpenIDConnectProviderArn": .text(Stage.iam + "oidc-provider/nobody.example.com")])
    private static let noARN = Refused(
        "ValidationError", ["OpenIDConnectProviderArn": .text(Stage.iam + "user/staff/alice")])
    private static let noSAML = Refused("NoSuchEntity", ["SAMLProviderArn": .text(Stage.iam + "saml-provider/nobody")])
    private static let reddish = ["aws:RequestTag/team": "red", "aws:TagKeys": "team"]

    private static func oidc(
        _ name: String, _ input: Input = [:], keys: [String: String] = [:], refusing refusals: [Refused] = [],
        pagesBy: String? = nil
    ) -> OperationCase {
        OperationCase(
            service: IAM.service, name: name,
            input: input.merging(["OpenIDConnectProviderArn": .text(oidcARN)]) { $1 },
            asks: [Asked("iam:" + name, oidcARN)], keys: keys, isTagged: true, refusals: refusals + [noARN],
            pagesBy: pagesBy)
    }

    private static func saml(
        _ name: String, _ input: Input = [:], keys: [String: String] = [:], refusing refusals: [Refused] = [],
        pagesBy: String? = nil
    ) -> OperationCase {
        OperationCase(
            service: IAM.service, name: name, input: input.merging(["SAMLProviderArn": .text(samlARN)]) { $1 },
            asks: [Asked("iam:" + name, samlARN)], keys: keys, isTagged: true, refusals: refusals + [noSAML],
            pagesBy: pagesBy)
    }

    static let providers: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "CreateOpenIDConnectProvider",
            input: [
                "Url": "https://new.example.com", "ClientIDList": ["app"], "ThumbprintList": [print],
                "Tags": tags(["team": "red"]),
            ],
            asks: [
                Asked("iam:CreateOpenIDConnectProvider", Stage.iam + "oidc-provider/new.example.com"),
                Asked("iam:TagOpenIDConnectProvider", Stage.iam + "oidc-provider/new.example.com"),
            ], keys: reddish,
            refusals: [
                Refused("EntityAlreadyExists", ["Url": "https://id.example.com/tenant"]),
                Refused("ValidationError", ["Url": "http://new.example.com"]),
                Refused("InvalidInput", ["Url": "https://new.example.com/?a=b"]), .sameTags, .reservedTag,
                Refused("InvalidInput", ["ThumbprintList": .list(Array(repeating: print, count: 6))]),
            ]),
        oidc("GetOpenIDConnectProvider", refusing: [noProvider]),
        OperationCase(
            service: IAM.service, name: "ListOpenIDConnectProviders", input: [:],
            asks: [Asked("iam:ListOpenIDConnectProviders", Stage.iam + "oidc-provider/*")]),
        oidc("DeleteOpenIDConnectProvider", refusing: [noProvider]),
        oidc("AddClientIDToOpenIDConnectProvider", ["ClientID": "another"], refusing: [noProvider]),
        oidc("RemoveClientIDFromOpenIDConnectProvider", ["ClientID": "app"], refusing: [noProvider]),
        oidc(
            "UpdateOpenIDConnectProviderThumbprint", ["ThumbprintList": ["ffffffffffffffffffffffffffffffffffffffff"]],
            refusing: [
                noProvider, Refused("InvalidInput", ["ThumbprintList": .list(Array(repeating: print, count: 6))]),
            ]),
        oidc(
            "TagOpenIDConnectProvider", ["Tags": tags(["team": "red"])], keys: reddish,
            refusing: [noProvider, .sameTags, .reservedTag, .manyTags]),
        oidc(
            "UntagOpenIDConnectProvider", ["TagKeys": ["team"]], keys: ["aws:TagKeys": "team"], refusing: [noProvider]),
        oidc("ListOpenIDConnectProviderTags", refusing: [noProvider, .badMarker], pagesBy: "Key"),
        OperationCase(
            service: IAM.service, name: "CreateSAMLProvider",
            input: ["Name": "new", "SAMLMetadataDocument": .text(metadata), "Tags": tags(["team": "red"])],
            asks: [
                Asked("iam:CreateSAMLProvider", Stage.iam + "saml-provider/new"),
                Asked("iam:TagSAMLProvider", Stage.iam + "saml-provider/new"),
            ], keys: reddish,
            refusals: [
                Refused("EntityAlreadyExists", ["Name": "Corporate"]), .invalid("Name"), .sameTags, .reservedTag,
                Refused("InvalidInput", ["SAMLMetadataDocument": .text(String(repeating: "<a/>", count: 300))]),
                Refused("InvalidInput", ["AssertionEncryptionMode": "Required"]),
                Refused("InvalidInput", ["AddPrivateKey": "no key"]),
            ]),
        saml("GetSAMLProvider"),
        OperationCase(
            service: IAM.service, name: "ListSAMLProviders", input: [:],
            asks: [Asked("iam:ListSAMLProviders", Stage.iam + "saml-provider/*")]),
        saml(
            "UpdateSAMLProvider",
            ["SAMLMetadataDocument": .text(metadata.replacingOccurrences(of: "/sso", with: "/sign-in"))],
            refusing: [
                Refused("InvalidInput", ["SAMLMetadataDocument": .text(String(repeating: "<a/>", count: 300))]),
                Refused("NoSuchEntity", ["RemovePrivateKey": "AAAAAAAAAAAAAAAAAAAAAAAAAA"]),
            ]),
        saml("DeleteSAMLProvider"),
        saml(
            "TagSAMLProvider", ["Tags": tags(["team": "red"])], keys: reddish,
            refusing: [.sameTags, .reservedTag, .manyTags]),
        saml("UntagSAMLProvider", ["TagKeys": ["team"]], keys: ["aws:TagKeys": "team"]),
        saml("ListSAMLProviderTags", refusing: [.badMarker], pagesBy: "Key"),
    ]
}
