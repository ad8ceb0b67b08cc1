import COpenSSL

/// OpenSSL's FIPS provider, where a machine has one.
public enum FIPSProvider {
    /// Makes it the source of all algorithms but checksums. False where it does not load; nothing has changed then that
    /// matters. To be called before anything else of this module.
    public static func require() -> Bool { gh_require_fips() == 1 }
}

/// The memory that secrets lie in.
public enum SecretMemory {
    /// Whether the system let it be locked, so that it is never written to swap.
    public static var isLocked: Bool { gh_secret_is_locked() == 1 }

    /// How many secrets found it full since the start. They lay in ordinary memory, which may reach the swap.
    public static var overflows: Int { Int(gh_secret_overflows()) }
}
