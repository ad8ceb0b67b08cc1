import Door
import IAMAPI

/// - Source: IAM API Reference, "TagOpenIDConnectProvider".
struct TagOpenIDConnectProvider: TagChange, OnProvider {
    typealias Shape = IAM.TagOpenIDConnectProvider
    typealias Record = OpenIDConnectProvider
    func providerARN(_ input: Input) -> String { input.openIDConnectProviderArn }
    func tags(_ input: Input) -> [IAM.Tag] { input.tags }
}

/// - Source: IAM API Reference, "UntagOpenIDConnectProvider".
struct UntagOpenIDConnectProvider: UntagChange, OnProvider {
    typealias Shape = IAM.UntagOpenIDConnectProvider
    static let wantsKeys = true
    typealias Record = OpenIDConnectProvider
    func providerARN(_ input: Input) -> String { input.openIDConnectProviderArn }
    func tagKeys(_ input: Input) -> [String] { input.tagKeys }
}

/// - Source: IAM API Reference, "ListOpenIDConnectProviderTags".
struct ListOpenIDConnectProviderTags: TagList, OnProvider {
    typealias Shape = IAM.ListOpenIDConnectProviderTags
    typealias Record = OpenIDConnectProvider
    func providerARN(_ input: Input) -> String { input.openIDConnectProviderArn }
    func page(_ input: Input) throws -> Page { try Page(marker: input.marker, maxItems: input.maxItems) }
    func output(_ tags: [IAM.Tag], _ marker: String?) -> Output {
        Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }
}

/// - Source: IAM API Reference, "TagSAMLProvider".
struct TagSAMLProvider: TagChange, OnProvider {
    typealias Shape = IAM.TagSAMLProvider
    typealias Record = SAMLProvider
    func providerARN(_ input: Input) -> String { input.sAMLProviderArn }
    func tags(_ input: Input) -> [IAM.Tag] { input.tags }
}

/// - Source: IAM API Reference, "UntagSAMLProvider".
struct UntagSAMLProvider: UntagChange, OnProvider {
    typealias Shape = IAM.UntagSAMLProvider
    static let wantsKeys = true
    typealias Record = SAMLProvider
    func providerARN(_ input: Input) -> String { input.sAMLProviderArn }
    func tagKeys(_ input: Input) -> [String] { input.tagKeys }
}

/// - Source: IAM API Reference, "ListSAMLProviderTags".
struct ListSAMLProviderTags: TagList, OnProvider {
    typealias Shape = IAM.ListSAMLProviderTags
    typealias Record = SAMLProvider
    func providerARN(_ input: Input) -> String { input.sAMLProviderArn }
    func page(_ input: Input) throws -> Page { try Page(marker: input.marker, maxItems: input.maxItems) }
    func output(_ tags: [IAM.Tag], _ marker: String?) -> Output {
        Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }
}
