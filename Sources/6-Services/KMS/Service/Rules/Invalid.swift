import KMSAPI

/// Requests whose members fit the model but not the rules that the model cannot say.
enum Invalid {
    static func input(_ message: String) -> KMS.ValidationException { KMS.ValidationException(message: message) }

    static func usage(_ key: KMSKey, for operation: String) -> KMS.InvalidKeyUsageException {
        KMS.InvalidKeyUsageException(
            message: "\(key.arn) key usage is \(key.usage.rawValue) which is not valid for \(operation).")
    }
}
