public import Door
import SigninAPI

/// What sign-in is made of: the console's API under `/console/api`, federation with temporary credentials, and the
/// service `signin`.
public enum SigninService {
    /// The service's operations; the rest is the console desk's.
    public static func operations(_ parts: SignInParts) -> [AnyOperation] {
        [.proving(CreateOAuth2Token(parts: parts))]
    }
}
