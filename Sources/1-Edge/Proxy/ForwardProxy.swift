import World

/// What makes a listener a forward proxy that answers for some hosts itself, and never connects to any.
public final class ForwardProxy: Sendable {
    /// Whether a host, in lower case, is answered for.
    let serves: @Sendable (String) -> Bool
    private let make: @Sendable (String) throws -> HostIdentity
    private let now: @Sendable () -> Int64
    private let kept = Lock<[String: Kept]>([:])

    private struct Kept {
        let identity: HostIdentity
        var lastUse: Int64
    }

    /// Identities that are kept; beyond, the one that was used longest ago goes. A client has few hosts, but every bucket is
    /// one.
    private static let room = 256
    /// An identity is not used in the last hour before its end.
    private static let margin: Int64 = 3600

    /// - Parameters:
    ///   - identity: makes a certificate for a host that is served; called on an edge's loop.
    ///   - now: seconds since 1970, by which certificates begin and end.
    public init(
        serves: @escaping @Sendable (String) -> Bool, now: @escaping @Sendable () -> Int64,
        identity: @escaping @Sendable (String) throws -> HostIdentity
    ) {
        (self.serves, self.now, make) = (serves, now, identity)
    }

    /// The identity of a host: the one made before while it is good, else a new one.
    func identity(of host: String) throws -> TLSIdentity {
        let now = now()
        let known = kept.withLock { kept -> HostIdentity? in
            guard let found = kept[host], found.identity.expires - ForwardProxy.margin > now else { return nil }
            kept[host]?.lastUse = now
            return found.identity
        }
        if let known { return known.identity }
        // Two loops may both make one; either is good.
        let made = try make(host)
        kept.withLock { kept in
            if kept[host] == nil, kept.count >= ForwardProxy.room,
                let oldest = kept.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
            {
                kept[oldest] = nil
            }
            kept[host] = Kept(identity: made, lastUse: now)
        }
        return made.identity
    }

    /// How many identities are kept.
    public var keptIdentities: Int { kept.withLock { $0.count } }
}

/// A host's certificate with its key, and when it ends: seconds since 1970.
public struct HostIdentity: Sendable {
    let identity: TLSIdentity
    let expires: Int64

    /// - Parameter expires: seconds since 1970.
    public init(_ identity: TLSIdentity, expires: Int64) { (self.identity, self.expires) = (identity, expires) }
}
