import Formats
public import World

/// The keys of OpenID Connect providers, fetched when a token needs them and kept for a while.
///
/// Kept for an hour, by issuer and the thumbprints it is trusted by. A token signed with a key that is not among them has
/// them fetched again, once in half a minute: providers change keys, and strangers invent key ids. Whoever asks while a
/// fetch is under way waits for that one. A fetch that failed is not tried again for a few seconds, whatever tokens come:
/// else whoever makes up tokens would have this server hammer an issuer that is down, and hold up the others.
public actor IssuerKeys {
    /// Why there are no keys.
    public enum Failure: Error, Hashable, Sendable {
        case fetch(ProviderFetch.Failure)
        /// The provider describes itself as another, or in another form.
        case document

        /// For the server's log.
        var reason: String {
            switch self {
            case .fetch(let failure): failure.reason
            case .document: "its documents are not what they should be"
            }
        }
    }

    private struct Identity: Hashable {
        let issuer: IssuerURL
        let thumbprints: [[UInt8]]
    }

    private struct Kept {
        let keys: JSONWebKeySet
        let fetched: Instant
        /// When an unknown key last had them fetched again.
        var renewed: Instant?
    }

    /// Reads a document: its URL, whether the issuer is this machine, the thumbprints that are trusted.
    typealias Source = @Sendable (String, Bool, [[UInt8]]) async throws(ProviderFetch.Failure) -> [UInt8]

    private let source: Source
    private let clock: any Clock
    private let log: Log?
    private var kept: [Identity: Kept] = [:]
    private var failed: [Identity: (failure: Failure, at: Instant)] = [:]
    // A task without a parent: it is awaited by many, and must not end with the first of them.
    private var underway: [Identity: Task<Result<JSONWebKeySet, Failure>, Never>] = [:]
    /// Raised with each `forget`: what was asked for before is given to who asked, and not kept.
    private var generation = 0

    private static let capacity = 500
    private static let lifetime = Duration.seconds(3600)
    private static let patience = Duration.seconds(30)
    /// How long a failure is remembered: so short that a provider which came back is not missed.
    private static let pause = Duration.seconds(5)

    /// - Parameters:
    ///   - clock: its machine time tells how old keys are.
    ///   - log: is told why a fetch failed, which callers are not.
    public init(_ fetch: ProviderFetch, clock: any Clock, log: Log) {
        self.init(clock: clock, log: log) { (url, isLoopback, thumbprints) async throws(ProviderFetch.Failure) in
            try await fetch.document(at: url, isLoopback: isLoopback, thumbprints: thumbprints)
        }
    }

    init(clock: any Clock, log: Log? = nil, _ source: @escaping Source) {
        (self.source, self.clock, self.log) = (source, clock, log)
    }

    /// Keys that may know the token's; perhaps they do not.
    public func keys(
        of issuer: IssuerURL, thumbprints: [[UInt8]], for token: JSONWebToken
    ) async throws(Failure) -> JSONWebKeySet {
        let identity = Identity(issuer: issuer, thumbprints: thumbprints)
        let now = clock.wallTime()
        var renewed: Instant?
        if let known = kept[identity], now - known.fetched < IssuerKeys.lifetime {
            if known.keys.knows(token) { return known.keys }
            if let last = known.renewed, now - last < IssuerKeys.patience { return known.keys }
            renewed = now
        }
        if let (failure, last) = failed[identity] {
            if now - last < IssuerKeys.pause { throw failure }
            failed[identity] = nil
        }
        let keys: JSONWebKeySet
        let asked = generation
        do throws(Failure) { keys = try await fetched(identity) } catch {
            if asked == generation { note(error, of: identity) }
            throw error
        }
        guard asked == generation else { return keys }
        if kept.count >= IssuerKeys.capacity { kept.removeAll() }
        kept[identity] = Kept(keys: keys, fetched: now, renewed: renewed)
        return keys
    }

    /// Forgets all keys and failures: at the address of an issuer there may be another one from now on.
    public func forget() {
        kept.removeAll()
        failed.removeAll()
        underway.removeAll()
        generation += 1
    }

    /// That others were before is no fault of the issuer's.
    private func note(_ failure: Failure, of identity: Identity) {
        guard failure != .fetch(.busy) else { return }
        if failed.count >= IssuerKeys.capacity { failed.removeAll() }
        failed[identity] = (failure, clock.wallTime())
    }

    private func fetched(_ identity: Identity) async throws(Failure) -> JSONWebKeySet {
        if let task = underway[identity] { return try await task.value.get() }
        let task = Task { [source] () -> Result<JSONWebKeySet, Failure> in
            do throws(Failure) {
                return .success(try await IssuerKeys.fetch(identity.issuer, identity.thumbprints, source))
            } catch { return .failure(error) }
        }
        underway[identity] = task
        let asked = generation
        let result = await task.value
        if asked == generation { underway[identity] = nil }
        if case .failure(let failure) = result {
            log?(
                .warning, "the keys of an identity provider could not be fetched",
                ["issuer": identity.issuer.description, "reason": failure.reason])
        }
        return try result.get()
    }

    /// The provider's description, then its keys.
    private static func fetch(
        _ issuer: IssuerURL, _ thumbprints: [[UInt8]], _ source: Source
    ) async throws(Failure) -> JSONWebKeySet {
        let description = try await document(issuer.discovery, issuer, thumbprints, source)
        guard let members = try? Claim.members(description),
            let named = members["issuer"]?.text.flatMap(IssuerURL.init),
            named == issuer || named.withoutUsualPort == issuer,
            let keys = members["jwks_uri"]?.text, isUsable(keys, issuer)
        else { throw .document }
        do { return try JSONWebKeySet(try await document(keys, issuer, thumbprints, source)) } catch let failure
            as Failure
        {
            throw failure
        } catch { throw .document }
    }

    private static func document(
        _ url: String, _ issuer: IssuerURL, _ thumbprints: [[UInt8]], _ source: Source
    ) async throws(Failure) -> [UInt8] {
        do throws(ProviderFetch.Failure) {
            return try await source(url, issuer.isLoopback, thumbprints)
        } catch { throw .fetch(error) }
    }

    /// Keys lie where TLS protects them, or on this machine as their issuer does.
    private static func isUsable(_ url: String, _ issuer: IssuerURL) -> Bool {
        url.utf8.count <= 2048 && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            && (url.hasPrefix("https://") || issuer.isLoopback && url.hasPrefix("http://"))
    }
}
