import AWS
import Authentication
import Crypto
import Door
import Formats
import HTTP
import IAMAPI
import Journal
import Smithy
import Storage
import World

/// Signing in with a password, step by step.
///
/// Whatever is wrong with the first step, the second one is asked for: an unknown account, an unknown name, a user
/// without a password and a wrong password look alike, and like a right password of somebody with a second factor. Only
/// who gave the right password and has no second factor does not see it. So nothing is learned of a password whose owner
/// has a device, and nothing at all of who there is.
struct SigningIn: Sendable {
    let parts: SignInParts
    let front: Front

    init(_ parts: SignInParts, _ front: Front) { (self.parts, self.front) = (parts, front) }

    /// Whom somebody claims to be.
    private struct Claim {
        /// Nil where there is no such account.
        var account: AccountID?
        /// Nil where there is no such user.
        var identity: SignInIdentity?
        /// Under which wrong passwords are counted.
        var key: String
        let isRoot: Bool
    }

    // MARK: First step

    func begin(_ form: ConsoleForm, _ request: ConsoleRequest) async throws -> Response {
        guard let password = form.password, form.challenge == nil, form.newPassword == nil,
            let claim = try claim(form, request)
        else { return ConsoleAnswer.malformed }
        let isRight: Bool
        do {
            let own = try parts.attempts.admit(claim.key, at: request.now)
            let shared: PasswordAttempts.Attempt
            do { shared = try parts.addresses.admit(request.address, at: request.now) } catch {
                parts.attempts.end(own, .undecided)
                throw error
            }
            do { isRight = try await parts.people.isRight(password, of: claim.identity) } catch {
                parts.attempts.end(own, .undecided)
                parts.addresses.end(shared, .undecided)
                throw error
            }
            // A right password proves nobody yet, and must not be told from a wrong one by how long the next guess has to
            // wait. It is taken back when all is proved.
            parts.attempts.end(own, .wrong)
            parts.addresses.end(shared, .wrong)
        } catch let delay as PasswordAttempts.Delay {
            return ConsoleAnswer.delayed(delay, request)
        }
        guard isRight, let identity = claim.identity else { return try await wrong(claim, form, request) }
        let devices = try parts.store.read { snapshot in
            try parts.factors.devices(of: identity.principal, in: snapshot)
        }
        guard let device = devices.first else { return try await proved(identity, device: nil, request) }
        let step = SignInStep(
            .secondFactor, owner: identity.owner, version: identity.version, began: request.now)
        let kind = device.kind == .codes ? "Virtual MFA" : "U2F MFA"
        try await parts.record(
            SignInRecord(
                name: "CheckMfa", account: identity.account,
                identity: EventIdentity(signingIn: identity.principal), factor: kind), request)
        if let code = form.mfaCode { return try await prove(step, .code(code, serial: form.mfaSerial), request) }
        return try asking(step, identity.principal, request)
    }

    private func wrong(_ claim: Claim, _ form: ConsoleForm, _ request: ConsoleRequest) async throws -> Response {
        try await recordFailure(claim, request)
        let step = SignInStep(.secondFactor, owner: "", version: 0, began: request.now)
        if form.mfaCode != nil { return try await prove(step, .code("", serial: nil), request) }
        return try asking(step, nil, request)
    }

    private func asking(_ step: SignInStep, _ principal: Principal?, _ request: ConsoleRequest) throws -> Response {
        let challenge = try step.sealed(parts.vault)
        let keyChallenge = try parts.keys.challenge(forSignInOf: principal, now: request.now)
        return ConsoleAnswer.json(200) { json in
            json.member("status", "MFA_REQUIRED")
            json.member("challenge", challenge)
            json.member("keyChallenge", keyChallenge)
        }
    }

    /// Nil where the form names nobody.
    private func claim(_ form: ConsoleForm, _ request: ConsoleRequest) throws -> Claim? {
        var claim: Claim
        switch (form.account, form.userName, form.email) {
        case (let account?, let name?, nil):
            claim = Claim(key: "user \(account) \(name)".lowercased(), isRoot: false)
            try parts.store.read { snapshot in
                claim.account = try parts.people.account(named: account, in: snapshot)
                claim.identity = try claim.account.flatMap { try parts.people.user(name, of: $0, in: snapshot) }
            }
            // All spellings of an account are one, whether or not the user is there.
            if let id = claim.account { claim.key = "user \(id) \(name)".lowercased() }
        case (nil, nil, let email?):
            claim = Claim(key: "root \(email)".lowercased(), isRoot: true)
            try parts.store.read { snapshot in
                claim.identity = try parts.people.root(email: email, in: snapshot)
                claim.account = claim.identity?.account
            }
        default: return nil
        }
        guard let owner = claim.identity?.owner else { return claim }
        let isKnown = try parts.store.read { snapshot in
            try KnownAddress.isKnown(request.address, to: owner, snapshot)
        }
        claim.key = isKnown ? owner + " " + request.address : owner
        return claim
    }

    /// Of an account that is not there nobody receives a record.
    private func recordFailure(_ claim: Claim, _ request: ConsoleRequest) async throws {
        guard let account = claim.account else { return try await equalise() }
        let identity = claim.identity
        try await parts.record(
            SignInRecord(
                name: "ConsoleLogin", account: account,
                identity: identity.map { EventIdentity(signingIn: $0.principal) } ?? .nobody(in: account),
                error: identity == nil ? SignInRecord.noUser : SignInRecord.failed,
                loginTo: request.origin + "/console"), request)
    }

    /// The time that a synced write takes, where there is nothing to write: an answer that came sooner would tell.
    private func equalise() async throws {
        let now = parts.world.clock.now()
        try await parts.store.write(.synced) { transaction in
            try transaction.run("DELETE FROM signin_ticket WHERE expires <= ?", .int(now.milliseconds))
        }
    }

    // MARK: Second step

    func secondFactor(_ form: ConsoleForm, _ request: ConsoleRequest) async throws -> Response {
        guard let challenge = form.challenge, let proof = Proof(form) else { return ConsoleAnswer.malformed }
        guard let step = SignInStep.open(challenge, as: .secondFactor, at: request.now, parts.vault) else {
            return ConsoleAnswer.incorrect
        }
        return try await prove(step, proof, request)
    }

    /// What somebody brings in the second step.
    private enum Proof: Sendable {
        case code(String, serial: String?)
        case key(SecurityKeyAssertion)

        /// Nil where the form brings neither, or both.
        init?(_ form: ConsoleForm) {
            switch (form.mfaCode, form.assertion) {
            case (let code?, nil): self = .code(code, serial: form.mfaSerial)
            case (nil, let assertion?): self = .key(assertion)
            default: return nil
            }
        }
    }

    /// What second steps from an address are counted by.
    private static func second(_ request: ConsoleRequest) -> String { "second " + request.address }

    private func prove(_ step: SignInStep, _ proof: Proof, _ request: ConsoleRequest) async throws -> Response {
        // The first step was counted already; second steps are counted by themselves, each as wrong until it is proved,
        // since one first step is good for many.
        do {
            parts.addresses.end(try parts.addresses.admit(request.address, at: request.now), .undecided)
            parts.addresses.end(try parts.addresses.admit(SigningIn.second(request), at: request.now), .wrong)
        } catch let delay as PasswordAttempts.Delay {
            return ConsoleAnswer.delayed(delay, request)
        }
        guard !step.owner.isEmpty, let identity = try identity(of: step) else {
            // As many writes as a wrong code of somebody's makes.
            try await equalise()
            try await equalise()
            return ConsoleAnswer.incorrect
        }
        let check: FactorCheck
        switch proof {
        case .code(let code, let serial):
            check = try await parts.factors.check(
                code: code, serial: serial, of: identity.principal,
                from: FactorPlace(.console, from: request.address), now: request.now)
        case .key(let assertion):
            check = try await parts.keys.check(assertion, of: identity.principal, now: request.now)
        }
        switch check {
        case .proved(let device):
            parts.addresses.forgive(SigningIn.second(request))
            return try await proved(identity, device: device, request)
        case .wrong:
            // A key's wrong answer is not written down where it is checked.
            if case .key = proof { try await equalise() }
        case .noDevice, .locked: try await equalise()
        }
        try await recordFailure(
            Claim(account: identity.account, identity: identity, key: "", isRoot: identity.isRoot), request)
        return ConsoleAnswer.incorrect
    }

    /// Nil where the password is another since the step began.
    private func identity(of step: SignInStep) throws -> SignInIdentity? {
        let identity = try parts.store.read { snapshot in
            try parts.people.identity(owner: step.owner, in: snapshot)
        }
        guard let identity, identity.password != nil, identity.version == step.version else { return nil }
        return identity
    }

    // MARK: Last step

    /// Everything was proved: a session, unless the password must be changed first.
    private func proved(_ identity: SignInIdentity, device: String?, _ request: ConsoleRequest) async throws -> Response
    {
        for key in [identity.owner, identity.owner + " " + request.address] { parts.attempts.forgive(key) }
        parts.addresses.forgive(request.address)
        let isExpired = identity.expiry.map { $0 <= request.now } ?? false
        if isExpired, identity.isExpiryHard {
            try await parts.record(
                SignInRecord(
                    name: "ConsoleLogin", account: identity.account,
                    identity: EventIdentity(signingIn: identity.principal), error: "Password expired", device: device,
                    loginTo: request.origin + "/console"), request)
            return ConsoleAnswer.error(
                403, "PasswordExpired", "Your password has expired. An administrator must set a new one.")
        }
        guard isExpired || identity.isResetRequired else {
            return try await open(identity, under: identity.version, device, request)
        }
        let step = SignInStep(
            .newPassword, owner: identity.owner, version: identity.version, began: request.now, device: device)
        let challenge = try step.sealed(parts.vault)
        return ConsoleAnswer.json(200) { json in
            json.member("status", "NEW_PASSWORD_REQUIRED")
            json.member("challenge", challenge)
            json.member("reason", isExpired ? "EXPIRED" : "RESET_REQUIRED")
        }
    }

    /// A new password in place of one that must be changed. The user's policies must allow the change.
    func newPassword(_ form: ConsoleForm, _ request: ConsoleRequest) async throws -> Response {
        guard let challenge = form.challenge, let old = form.password, let new = form.newPassword else {
            return ConsoleAnswer.malformed
        }
        guard let step = SignInStep.open(challenge, as: .newPassword, at: request.now, parts.vault),
            let identity = try identity(of: step)
        else { return ConsoleAnswer.incorrect }
        let mfa = step.device == nil ? nil : step.began
        let credential = Credential(
            accessKeyID: "", secret: Secret.none(), version: 0, principal: identity.principal,
            session: SessionFacts(
                .signIn, issued: step.began, expires: request.now + .seconds(300), authenticatedWithMFA: mfa))
        let facts = RequestFacts(
            caller: .signedIn(credential), region: .usEast1, now: request.now,
            requestID: parts.world.identifiers.uuid(), head: request.head)
        _ = try await front.call(
            IAM.ChangePassword.self, IAM.ChangePassword.Input(oldPassword: old, newPassword: new), for: facts)
        let version = SignInIdentity.version(after: step.version, at: request.now)
        return try await open(identity, under: version, step.device, request)
    }

    /// Begins the session, and writes down that it began. - Parameter version: of the password that was proved, or set.
    private func open(
        _ identity: SignInIdentity, under version: Int64, _ device: String?, _ request: ConsoleRequest
    ) async throws -> Response {
        let secret = Secret.make()
        let session = ConsoleSession(
            secret, identity.account, owner: identity.owner, version: version, created: request.now,
            expires: request.now + .seconds(ConsoleSession.life), mfa: device == nil ? nil : request.now,
            agent: request.agent)
        let event = SignInRecord(
            name: "ConsoleLogin", account: identity.account, identity: EventIdentity(signingIn: identity.principal),
            device: device, loginTo: request.origin + "/console"
        ).event(request, parts.world.identifiers)
        let isOpen = try await parts.store.write(.synced) { transaction in
            guard try isCurrent(version, of: identity, transaction.snapshot) else { return false }
            try session.insert(&transaction)
            try parts.people.noteUse(of: identity, at: request.now, in: &transaction)
            try KnownAddress.note(request.address, of: identity.owner, at: request.now, &transaction)
            try parts.journal.append(event, in: &transaction)
            return true
        }
        guard isOpen else { return ConsoleAnswer.incorrect }
        for key in [identity.owner, identity.owner + " " + request.address] { parts.attempts.clear(key) }
        return try signedIn(identity.principal, session, secret, request)
    }

    /// Whether the password of that version is still the one.
    private func isCurrent(
        _ version: Int64, of identity: SignInIdentity, _ snapshot: borrowing Snapshot
    ) throws -> Bool {
        let current = try parts.people.identity(owner: identity.owner, in: snapshot)
        return current.map { $0.version == version && $0.password != nil } ?? false
    }

    private func signedIn(
        _ principal: Principal, _ session: ConsoleSession, _ secret: String, _ request: ConsoleRequest
    ) throws -> Response {
        let token = try parts.forgeryToken(secret)
        let seconds = session.expires.seconds - request.now.seconds
        return ConsoleAnswer.json(200, cookie: request.cookie(secret, seconds: seconds)) { json in
            json.member("status", "SIGNED_IN")
            SigningIn.describe(principal, session, token, &json)
        }
    }

    static func describe(
        _ principal: Principal, _ session: ConsoleSession, _ token: String, _ json: inout JSONWriter
    ) {
        json.member("account", session.account.description)
        json.member("arn", principal.arn ?? "")
        if case .user(let user) = principal { json.member("userName", user.name) }
        json.key("mfa")
        json.bool(session.mfa != nil)
        json.member("expires", session.expires.iso8601)
        json.member("csrfToken", token)
    }

    // MARK: Another password

    /// After a change of one's own password: a new session under the new one; those under the old one are over.
    func renewed(_ visitor: Visitor, _ before: SignInIdentity, _ request: ConsoleRequest) async throws -> Response {
        // The version that this very change made. Where there is another, somebody changed the password since, and whoever is
        // here does not know it.
        let version = SignInIdentity.version(after: before.version, at: request.now)
        let secret = Secret.make()
        let session = ConsoleSession(
            secret, before.account, owner: before.owner, version: version, created: visitor.session.created,
            expires: visitor.session.expires, mfa: visitor.session.mfa, agent: visitor.session.agent)
        let isOpen = try await parts.store.write(.synced) { transaction in
            guard try isCurrent(version, of: before, transaction.snapshot) else { return false }
            try ConsoleSession.endAll(of: before.owner, &transaction)
            try session.insert(&transaction)
            return true
        }
        guard isOpen else { return ConsoleAnswer.noSession }
        return try signedIn(visitor.principal, session, secret, request)
    }

    /// The root user's password, by the root user in a session that began with it.
    /// - Source: IAM User Guide, "Tasks that require root user credentials"; CloudTrail's `PasswordUpdated`.
    func changeRootPassword(_ form: ConsoleForm, _ visitor: Visitor, _ request: ConsoleRequest) async throws -> Response
    {
        guard let identity = visitor.identity, identity.isRoot else {
            try await recordUpdate(visitor, request, error: "AccessDenied")
            throw AccessDenied(
                "User: \(visitor.principal.arn ?? "") is not authorized to change the password of the root user.")
        }
        guard let old = form.password, let new = form.newPassword else { return ConsoleAnswer.malformed }
        let attempt: PasswordAttempts.Attempt
        do { attempt = try parts.attempts.admit(identity.owner, at: request.now) } catch let delay
            as PasswordAttempts.Delay
        {
            return ConsoleAnswer.delayed(delay, request)
        }
        let isRight: Bool
        do { isRight = try await parts.people.isRight(old, of: identity) } catch {
            parts.attempts.end(attempt, .undecided)
            throw error
        }
        parts.attempts.end(attempt, isRight ? .right : .wrong)
        guard isRight else {
            try await recordUpdate(visitor, request, error: SignInRecord.failed)
            return ConsoleAnswer.incorrect
        }
        let address = try parts.store.read { [parts] snapshot in
            try parts.people.rootAddress(of: identity.account, in: snapshot)
        }
        let hashed = try await parts.people.hashed(new, forRootOf: identity.account, otherThan: address)
        let event = SignInRecord(
            name: "PasswordUpdated", account: identity.account, identity: visitor.eventIdentity
        ).event(request, parts.world.identifiers)
        try await parts.store.write(.synced) { [parts] transaction in
            try parts.people.setRootPassword(hashed, of: identity, at: request.now, in: &transaction)
            try parts.journal.append(event, in: &transaction)
        }
        return try await renewed(visitor, identity, request)
    }

    private func recordUpdate(_ visitor: Visitor, _ request: ConsoleRequest, error: String) async throws {
        try await parts.record(
            SignInRecord(
                name: "PasswordUpdated", account: visitor.session.account, identity: visitor.eventIdentity,
                error: error), request)
    }
}
