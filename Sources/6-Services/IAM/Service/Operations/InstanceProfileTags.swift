import Door
import IAMAPI

/// - Source: IAM API Reference, "TagInstanceProfile".
struct TagInstanceProfile: TagChange, OnInstanceProfile {
    typealias Shape = IAM.TagInstanceProfile
    func profileName(_ input: Input) -> String { input.instanceProfileName }
    func tags(_ input: Input) -> [IAM.Tag] { input.tags }
}

/// - Source: IAM API Reference, "UntagInstanceProfile".
struct UntagInstanceProfile: UntagChange, OnInstanceProfile {
    typealias Shape = IAM.UntagInstanceProfile
    func profileName(_ input: Input) -> String { input.instanceProfileName }
    func tagKeys(_ input: Input) -> [String] { input.tagKeys }
}

/// - Source: IAM API Reference, "ListInstanceProfileTags".
struct ListInstanceProfileTags: TagList, OnInstanceProfile {
    typealias Shape = IAM.ListInstanceProfileTags
    func profileName(_ input: Input) -> String { input.instanceProfileName }
    func page(_ input: Input) throws -> Page { try Page(marker: input.marker, maxItems: input.maxItems) }
    func output(_ tags: [IAM.Tag], _ marker: String?) -> Output {
        Output(tags: tags, isTruncated: marker != nil, marker: marker)
    }
}
