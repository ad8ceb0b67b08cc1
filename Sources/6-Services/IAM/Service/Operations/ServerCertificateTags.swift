import Door
import IAMAPI

/// - Source: IAM API Reference, "TagServerCertificate".
struct TagServerCertificate: TagChange, OnServerCertificate {
    typealias Shape = IAM.TagServerCertificate
    func certificateName(_ input: Input) -> String { input.serverCertificateName }
    func tags(_ input: Input) -> [IAM.Tag] { input.tags }
}

/// - Source: IAM API Reference, "UntagServerCertificate".
struct UntagServerCertificate: UntagChange, OnServerCertificate {
    typealias Shape = IAM.UntagServerCertificate
    static let wantsKeys = true
    func certificateName(_ input: Input) -> String { input.serverCertificateName }
    func tagKeys(_ input: Input) -> [String] { input.tagKeys }
}

/// - Source: IAM API Reference, "ListServerCertificateTags".
struct ListServerCertificateTags: TagList, OnServerCertificate {
    typealias Shape = IAM.ListServerCertificateTags
    func certificateName(_ input: Input) -> String { input.serverCertificateName }
    func page(_ input: Input) throws -> Page { try Page(marker: input.marker, maxItems: input.maxItems) }
    func output(_ tags: [IAM.Tag], _ marker: String?) -> Output {
        Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }
}
