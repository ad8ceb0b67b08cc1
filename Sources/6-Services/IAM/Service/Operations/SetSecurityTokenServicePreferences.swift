import AWS
import Door
import IAMAPI
import Storage

/// Where session tokens of the global endpoint are good. Here they are good in every Region, which AWS calls version 2:
/// asking for that changes nothing, and asking for less is refused.
/// - Source: IAM API Reference, "SetSecurityTokenServicePreferences".
struct SetSecurityTokenServicePreferences: Change, OnAccount {
    typealias Shape = IAM.SetSecurityTokenServicePreferences

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Output {
        switch input.globalEndpointTokenVersion {
        case .v2Token: return Output()
        case .v1Token: throw NotImplemented("Tokens that are good in some Regions only (v1Token)")
        default: throw Invalid("GlobalEndpointTokenVersion must be v1Token or v2Token.")
        }
    }
}
