import SSMAPI
import Storage

extension Parameter {
    /// Removes the parameter with all of its versions, and their traces.
    func remove(_ transaction: inout Transaction) throws {
        let (account, region, name) = (place.accountValue, place.regionValue, place.nameValue)
        try transaction.run(
            "DELETE FROM ssm_version WHERE account = ? AND region = ? AND name = ?", account, region, name)
        try transaction.run(
            "DELETE FROM ssm_label WHERE account = ? AND region = ? AND name = ?", account, region, name)
        try transaction.run("DELETE FROM ssm_tag WHERE account = ? AND region = ? AND name = ?", account, region, name)
        try transaction.run(
            "DELETE FROM ssm_parameter WHERE account = ? AND region = ? AND name = ?", account, region, name)
        transaction.eraseTraces()
    }
}
