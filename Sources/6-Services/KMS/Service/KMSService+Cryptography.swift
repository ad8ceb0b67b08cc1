import Door
import KeyEngine

extension KMSService {
    /// What keys do.
    static func cryptography(_ keys: Keys, _ engine: any KeyEngine) -> [AnyOperation] {
        []
    }
}
