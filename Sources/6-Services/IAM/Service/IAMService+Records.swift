import Door
import IAMAPI

extension IAMService {
    /// What tells of the account as a whole, for those who look after it.
    static func records() -> [AnyOperation] {
        [.query(GetAccountAuthorizationDetails())]
    }
}
