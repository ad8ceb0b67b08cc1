import Door
import KMSAPI

extension Page {
    /// KMS's. - Parameter ordinary: how many there are where the caller says nothing.
    init(_ limit: Int?, _ marker: String?, ordinary: Int, most: Int = 1000) throws {
        guard let page = Page(limit: min(max(limit ?? ordinary, 1), most), token: marker) else {
            throw KMS.InvalidMarkerException(message: "The marker is not one that was given for this list.")
        }
        self = page
    }
}
