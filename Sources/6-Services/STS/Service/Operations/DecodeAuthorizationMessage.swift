import AWS
import Door
import STSAPI
import Storage

/// What a denial's encoded message says.
/// - Source: STS API Reference, "DecodeAuthorizationMessage".
struct DecodeAuthorizationMessage: Query {
    typealias Shape = STS.DecodeAuthorizationMessage
    let messages: AuthorizationMessages

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(Action("sts", "DecodeAuthorizationMessage"), on: "*", of: target)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard let text = messages.decode(input.encodedMessage, for: permit.target) else {
            throw STS.InvalidAuthorizationMessageException(message: "Message is not valid")
        }
        return Output(decodedMessage: text)
    }
}
