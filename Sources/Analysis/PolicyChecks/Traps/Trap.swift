/// A check that AWS does not make: something that is allowed, or denied, other than its author is likely to think.
struct Trap {
    /// Begins with `GATEHOUSE_`, so that nobody takes it for one of AWS's.
    let code: String
    let severity: Finding.Severity
    /// Where AWS documents the behaviour.
    let link: String
}
