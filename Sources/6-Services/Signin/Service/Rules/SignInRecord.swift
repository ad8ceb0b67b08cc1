import AWS
import Formats
import HTTP
import Journal
import World

/// CloudTrail's record of something somebody did to sign in.
/// - Source: CloudTrail User Guide, "AWS Management Console sign-in events".
struct SignInRecord: Sendable {
    let name: String
    let account: AccountID
    let identity: EventIdentity
    /// What the record says went wrong; nil where nothing did.
    var error: String?
    /// The serial number of the device that proved a second factor.
    var device: String?
    /// Where a sign-in leads to; nil for events that are none.
    var loginTo: String?
    /// The kind of second factor that is asked for, in `CheckMfa`.
    var factor: String?
    /// The SAML provider that vouched for who signs in.
    var provider: String?

    static let failed = "Failed authentication"
    static let noUser = "No username found in supplied account"

    func event(_ request: ConsoleRequest, _ identifiers: Identifiers) -> Event {
        Event(
            kind: .signIn, id: identifiers.uuid(), time: request.now, account: account, region: .usEast1,
            source: "signin.amazonaws.com", name: name, isReadOnly: false, category: .management, identity: identity,
            sourceAddress: request.head.connection.peerAddress, userAgent: request.head.text("user-agent"),
            requestID: "", tls: request.head.connection.tls, host: request.head.text("host"), errorMessage: error,
            responseElements: response, additionalData: additional)
    }

    private var response: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member(name, error == nil ? "Success" : "Failure")
        json.endObject()
        return json.bytes
    }

    private var additional: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        if let loginTo { json.member("LoginTo", loginTo) }
        json.member("MobileVersion", "No")
        if let provider { json.member("SamlProviderArn", provider) }
        if let factor { json.member("MfaType", factor) }
        if let device { json.member("MFAIdentifier", device) }
        if loginTo != nil { json.member("MFAUsed", device == nil ? "No" : "Yes") }
        json.endObject()
        return json.bytes
    }
}

extension EventIdentity {
    init(signingIn principal: Principal, session: Session? = nil) {
        self.init(principal: principal, accessKeyID: "", session: session)
    }
}
