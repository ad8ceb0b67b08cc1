public import Door

/// What CloudTrail is made of.
public enum CloudTrailService {
    public static func operations() -> [AnyOperation] { [.query(LookupEvents())] }
}
