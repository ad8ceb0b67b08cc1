import Formats
public import World

/// The keys of OpenID Connect providers, fetched when a token needs them and kept for a while.
///
/// Kept for an hour, by issuer and the thumbprints it is trusted by. A token signed with a key that is not among them has
/// them fetched again, once in half a minute: providers change keys, and strangers invent key ids. Whoever asks while a
/// fetch is under way waits for that one.
public actor IssuerKeys {
    /// Why there are no keys.
    public enum Failure: Error, Hashable, Sendable {
        case fetch(ProviderFetch.Failure)
        /// The provider describes itself as another, or in another form.
        case document
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

    private let fetch: ProviderFetch
    private let clock: any Clock
    private var kept: [Identity: Kept] = [:]
    // A task without a parent: it is awaited by many, and must not end with the first of them.
    private var underway: [Identity: Task<Result<JSONWebKeySet, Failure>, Never>] = [:]

    private static let capacity = 500
    private static let lifetime = Duration.seconds(3600)
    private static let patience = Duration.seconds(30)

    /// - Parameter clock: its machine time tells how old keys are.
    public init(_ fetch: ProviderFetch, clock: any Clock) { (self.fetch, self.clock) = (fetch, clock) }

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
        let keys = try await fetched(identity)
        if kept.count >= IssuerKeys.capacity { kept.removeAll() }
        kept[identity] = Kept(keys: keys, fetched: now, renewed: renewed)
        return keys
    }

    private func fetched(_ identity: Identity) async throws(Failure) -> JSONWebKeySet {
        if let task = underway[identity] { return try await task.value.get() }
        let task = Task { [fetch] () -> Result<JSONWebKeySet, Failure> in
            do throws(Failure) {
                return .success(try await IssuerKeys.fetch(identity.issuer, identity.thumbprints, fetch))
            } catch { return .failure(error) }
        }
        underway[identity] = task
        let result = await task.value
        underway[identity] = nil
        return try result.get()
    }

    /// The provider's description, then its keys.
    private static func fetch(
        _ issuer: IssuerURL, _ thumbprints: [[UInt8]], _ fetch: ProviderFetch
    ) async throws(Failure) -> JSONWebKeySet {
        let description = try await document(issuer.discovery, issuer, thumbprints, fetch)
        guard let members = try? Claim.members(description), members["issuer"]?.text == issuer.description,
            let keys = members["jwks_uri"]?.text, isUsable(keys, issuer)
        else { throw .document }
        do { return try JSONWebKeySet(try await document(keys, issuer, thumbprints, fetch)) } catch let failure
            as Failure
        {
            throw failure
        } catch { throw .document }
    }

    private static func document(
        _ url: String, _ issuer: IssuerURL, _ thumbprints: [[UInt8]], _ fetch: ProviderFetch
    ) async throws(Failure) -> [UInt8] {
        do throws(ProviderFetch.Failure) {
            return try await fetch.document(at: url, isLoopback: issuer.isLoopback, thumbprints: thumbprints)
        } catch { throw .fetch(error) }
    }

    /// Keys lie where TLS protects them, or on this machine as their issuer does.
    private static func isUsable(_ url: String, _ issuer: IssuerURL) -> Bool {
        url.utf8.count <= 2048 && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            && (url.hasPrefix("https://") || issuer.isLoopback && url.hasPrefix("http://"))
    }
}
