import Authentication
import S3API
import Smithy

/// The storage class of an object: a name that clients choose, see and transition between. It changes nothing about how the
/// content lies. Classes whose objects have to be restored before they can be read are not offered: there is no archive
/// here, and an object that nobody may read at once would be a promise of one.
/// - Source: S3 User Guide, "Using Amazon S3 storage classes"; refusals as S3 was seen to answer (LocalStack's validated
///   tests, `test_s3.py`, `test_put_object_storage_class_outposts`).
enum ObjectClass: Int64, CaseIterable, Sendable {
    // The numbers in the database; never to be changed.
    case standard = 0
    case standardIA = 1
    case oneZoneIA = 2
    case intelligentTiering = 3
    case reducedRedundancy = 4
    case glacierInstantRetrieval = 5

    var name: String {
        switch self {
        case .standard: "STANDARD"
        case .standardIA: "STANDARD_IA"
        case .oneZoneIA: "ONEZONE_IA"
        case .intelligentTiering: "INTELLIGENT_TIERING"
        case .reducedRedundancy: "REDUCED_REDUNDANCY"
        case .glacierInstantRetrieval: "GLACIER_IR"
        }
    }

    init?(name: String) {
        guard let known = ObjectClass.allCases.first(where: { $0.name == name }) else { return nil }
        self = known
    }

    /// The class that a request wants for its object. Nothing said means STANDARD, also of a copy.
    init(asked: S3.StorageClass?) throws {
        guard let asked else {
            self = .standard
            return
        }
        guard !ObjectClass.archives.contains(asked.rawValue) else { throw ObjectClass.noArchive }
        guard let known = ObjectClass(name: asked.rawValue) else {
            throw S3.InvalidStorageClass(
                message: "The storage class you specified is not valid",
                fields: [.init("StorageClassRequested", asked.rawValue)])
        }
        self = known
    }

    /// Those whose objects have to be restored.
    static let archives: Set<String> = ["GLACIER", "DEEP_ARCHIVE"]

    private static let noArchive = S3.NotImplemented(
        message:
            "Objects of the storage classes GLACIER and DEEP_ARCHIVE have to be restored before they can be read, and "
            + "this server has no archive to restore from. GLACIER_IR is an archive class that is read at once.",
        fields: [.init("Header", "x-amz-storage-class")])

    /// As GET and HEAD tell it; nil for STANDARD, which they leave out.
    var told: S3.StorageClass? { self == .standard ? nil : shape }
    var shape: S3.StorageClass { .init(rawValue: name) }

    /// Whether a lifecycle may change this class into that one.
    /// - Source: S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle", "Supported lifecycle transitions".
    func becomes(_ next: ObjectClass) -> Bool {
        switch self {
        case .standard, .reducedRedundancy: next != .standard && next != .reducedRedundancy
        case .standardIA: [.intelligentTiering, .oneZoneIA, .glacierInstantRetrieval].contains(next)
        case .intelligentTiering: [.oneZoneIA, .glacierInstantRetrieval].contains(next)
        case .oneZoneIA, .glacierInstantRetrieval: false
        }
    }

    /// Of several that are due at once, the one that S3 prefers is the greatest: INTELLIGENT_TIERING, then what costs least.
    /// - Source: S3 User Guide, "Examples of S3 Lifecycle configuration", "Overlapping filters".
    var preference: Int {
        switch self {
        case .standard, .reducedRedundancy: 0
        case .standardIA: 1
        case .oneZoneIA: 2
        case .glacierInstantRetrieval: 3
        case .intelligentTiering: 4
        }
    }
}

extension Upload {
    /// The class that the upload's object is to have.
    var storageClass: ObjectClass { asked.texts["class"].flatMap { ObjectClass(name: $0) } ?? .standard }
}
