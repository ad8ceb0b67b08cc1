/// The domains of AWS's endpoints, as far as this server answers for them.
/// - Source: botocore 1.43.11 `partitions.json`; sign-in: its rules of the service `signin`.
public enum EndpointDomain {
    /// Where services are: `SERVICE.REGION.DOMAIN`.
    public static let services = ["amazonaws.com", "amazonaws.com.cn", "api.aws"]
    /// Where people sign in, also below it: `REGION.signin.aws.amazon.com`.
    public static let signIn = "signin.aws.amazon.com"

    /// All of them.
    public static let all = services + [signIn]

    /// Whether a host is one of AWS's: below one of the domains, or the one where people sign in.
    /// - Parameter host: a name in lower case, without port and without a dot at its end.
    public static func holds(_ host: String) -> Bool {
        host == signIn || all.contains { host.utf8.count > $0.utf8.count + 1 && host.hasSuffix("." + $0) }
    }
}
