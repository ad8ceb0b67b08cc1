import Glibc

/// Why a system call failed, in the C library's words.
public enum SystemFault {
    /// Such as `No such file or directory`. - Parameter number: an `errno`.
    public static func text(_ number: Int32) -> String { String(cString: strerror(number)) }
}
