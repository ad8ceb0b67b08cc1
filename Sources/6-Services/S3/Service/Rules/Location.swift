import AWS
import S3API
import Smithy

/// Where a bucket lies: its Region, and the name it was asked for by, which differs only for the old `EU`.
struct Location: Sendable, Hashable {
    /// As stored and as `GetBucketLocation` shows it.
    let name: String
    let region: Region

    /// - Parameter stored: a name this type made.
    init(stored name: String) {
        self.name = name
        region = Region(name == Location.europe ? "eu-west-1" : name) ?? .usEast1
    }

    private static let europe = "EU"

    /// What a CreateBucket call in `region` with this constraint makes.
    ///
    /// us-east-1 stands for S3's global endpoint: from there a bucket may be made in any Region of the partition. Elsewhere
    /// the constraint must name the Region itself.
    /// - Source: S3 API Reference, "CreateBucket", `LocationConstraint`.
    init(constraint: String?, in region: Region) throws {
        guard let constraint, !constraint.isEmpty else {
            guard region == .usEast1 else { throw Location.incompatible("unspecified") }
            self.init(stored: region.description)
            return
        }
        guard constraint == Location.europe || (Region(constraint) != nil && constraint != Region.usEast1.description)
        else {
            throw S3.InvalidLocationConstraint(
                message: "The specified location-constraint is not valid",
                fields: [.init("LocationConstraint", constraint)])
        }
        self.init(stored: constraint)
        guard self.region == region || region == .usEast1, self.region.partition == region.partition else {
            throw Location.incompatible(constraint)
        }
    }

    /// Nil for us-east-1, which answers leave out.
    var constraint: String? { region == .usEast1 ? nil : name }

    private static func incompatible(_ constraint: String) -> S3.IllegalLocationConstraintException {
        S3.IllegalLocationConstraintException(
            message: "The \(constraint) location constraint is incompatible for the region specific endpoint "
                + "this request was sent to.")
    }
}
