import KMSAPI

/// Calls that are only to tell whether they would succeed.
/// - Source: KMS Developer Guide, "Testing your permissions".
enum DryRun {
    /// Asked last, when nothing else stands against the call.
    static func check(_ isDryRun: Bool?) throws {
        if isDryRun == true {
            throw KMS.DryRunOperationException(
                message: "The request would have succeeded, but the DryRun option is set.")
        }
    }

    /// Whether the ciphertext is not to be looked at: only who may decrypt is asked then.
    static func ignoresCiphertext(_ isDryRun: Bool?, _ modifiers: [KMS.DryRunModifierType]?) throws -> Bool {
        guard let modifiers, !modifiers.isEmpty else { return false }
        guard isDryRun == true else { throw Invalid.input("DryRunModifiers can only be specified with DryRun.") }
        return modifiers.contains(.ignoreCiphertext)
    }
}
