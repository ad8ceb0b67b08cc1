package import Door

/// What CloudTrail is made of.
package enum CloudTrailService {
    package static func operations() -> [AnyOperation] { [.query(LookupEvents())] }
}
