import AWS

/// How a secret names its KMS key: by ARN, or as its owner would: by id or alias.
enum KeyReference {
    /// The same key as everybody may name it: short names are those of the secret's account and Region, whoever calls.
    static func arn(_ text: String, of account: AccountID, in region: Region) -> String {
        guard !text.hasPrefix("arn:") else { return text }
        let resource = text.hasPrefix("alias/") ? text : "key/" + text
        return "arn:\(region.partition):kms:\(region):\(account):\(resource)"
    }

    /// Whether it is Secrets Manager's own key, by its alias.
    static func isOwn(_ text: String, of account: AccountID, in region: Region) -> Bool {
        arn(text, of: account, in: region) == arn("alias/aws/secretsmanager", of: account, in: region)
    }

    /// What a request says: the empty text asks for Secrets Manager's own key, as nothing does.
    static func given(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}
