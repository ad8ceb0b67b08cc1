import Door
import KMSAPI
import KeyEngine

/// What a new key is to be, checked.
struct KeyPlan: Sendable {
    let spec: KeySpecification
    let usage: KMS.KeyUsageType
    let origin: KMS.OriginType
    let isMultiRegion: Bool
    /// The custom key store it is to live in.
    let storeID: String?

    /// - Throws: `UnsupportedOperationException` or `ValidationException` for what cannot be.
    init(_ input: KMS.CreateKey.Input, _ engine: any KeyEngine) throws {
        let name = input.keySpec?.rawValue ?? input.customerMasterKeySpec?.rawValue ?? "SYMMETRIC_DEFAULT"
        if let new = input.keySpec, let old = input.customerMasterKeySpec, new.rawValue != old.rawValue {
            throw Invalid.input("You cannot specify KeySpec and CustomerMasterKeySpec in the same request.")
        }
        guard let spec = KeySpecification(rawValue: name), engine.supports(spec.material) else {
            throw KMS.UnsupportedOperationException(message: "KeySpec \(name) is not supported by this server.")
        }
        (self.spec, origin) = (spec, input.origin ?? .awsKms)
        guard let usage = input.keyUsage ?? (spec == .symmetricDefault ? .encryptDecrypt : nil) else {
            throw Invalid.input(
                "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.")
        }
        guard spec.usages.contains(usage) else {
            throw Invalid.input("KeyUsage \(usage.rawValue) is not compatible with KeySpec \(name)")
        }
        self.usage = usage
        isMultiRegion = input.multiRegion ?? false
        storeID = input.customKeyStoreId
        switch origin {
        case .awsKms, .external:
            guard storeID == nil else {
                throw Invalid.input("CustomKeyStoreId requires the origin of a custom key store.")
            }
        case .awsCloudhsm:
            guard storeID != nil else { throw Invalid.input("The origin AWS_CLOUDHSM requires a CustomKeyStoreId.") }
            guard spec == .symmetricDefault, !isMultiRegion else {
                throw KMS.UnsupportedOperationException(
                    message: "A custom key store has single-Region symmetric encryption KMS keys only.")
            }
        default:
            throw KMS.UnsupportedOperationException(
                message: "Origin \(origin.rawValue) is not supported by this server.")
        }
    }

    /// A key that a service makes for itself.
    init() { (spec, usage, origin, isMultiRegion, storeID) = (.symmetricDefault, .encryptDecrypt, .awsKms, false, nil) }

    init(replicaOf key: KMSKey) {
        (spec, usage, origin, isMultiRegion, storeID) = (key.spec, key.usage, key.origin, true, nil)
    }

    /// The condition keys of CreateKey. - Parameter bypasses: whether its author may shut himself out.
    func conditions(bypasses: Bool) -> [ConditionEntry] {
        [
            ConditionEntry(.kmsKeyOrigin, origin.rawValue),
            ConditionEntry(.kmsMultiRegion, isMultiRegion ? "true" : "false"),
            ConditionEntry(.kmsBypassPolicyLockoutSafetyCheck, bypasses ? "true" : "false"),
        ] + KeyConditions.of(spec, usage)
    }
}
