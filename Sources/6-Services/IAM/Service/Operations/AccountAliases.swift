import AWS
import Door
import IAMAPI
import Storage

/// An operation on the account as a whole.
protocol OnAccount: Operation where Target == AccountID {}

extension OnAccount {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    /// These actions have no resource types.
    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        try ask(on: "*", facts)
    }
}

/// Gives the account a name, one at a time and unique on this server.
///
/// An account's id is no alias: sign-in takes either in one field. AWS documents no error for it but the one that all
/// operations have for values that do not do.
/// - Source: IAM API Reference, "CreateAccountAlias", "Common Errors": `ValidationError`; AWS Sign-In User Guide, "How to
///   sign in as an IAM user": account ID or alias.
struct CreateAccountAlias: Change, OnAccount {
    typealias Shape = IAM.CreateAccountAlias

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Output {
        let alias = input.accountAlias
        // Whoever signs in there would be taken to mean the account of that id, with dashes and without.
        guard AccountID(alias.filter { $0 != "-" }) == nil else {
            throw Invalid("The alias \(alias) would be read as the id of an account.")
        }
        let holder = try transaction.first("SELECT id FROM iam_account WHERE alias = ?", .text(alias)) { $0.text(0) }
        guard holder == nil || holder == permit.target.description else {
            throw IAM.EntityAlreadyExistsException(message: "The account alias \(alias) already exists.")
        }
        try Account.setAlias(alias, of: permit.target, &transaction)
        return Output()
    }
}

/// - Source: IAM API Reference, "DeleteAccountAlias".
struct DeleteAccountAlias: Change, OnAccount {
    typealias Shape = IAM.DeleteAccountAlias

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Output {
        guard try Account.find(permit.target, transaction.snapshot).alias == input.accountAlias else {
            throw IAM.NoSuchEntityException(message: "The account alias \(input.accountAlias) does not exist.")
        }
        try Account.setAlias(nil, of: permit.target, &transaction)
        return Output()
    }
}

/// The account's alias, as a list of none or one.
/// - Source: IAM API Reference, "ListAccountAliases".
struct ListAccountAliases: Query, OnAccount {
    typealias Shape = IAM.ListAccountAliases

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        _ = try Page(marker: input.marker, maxItems: input.maxItems)
        return Output(
            accountAliases: [try Account.find(permit.target, snapshot).alias].compactMap { $0 }, isTruncated: false)
    }
}
