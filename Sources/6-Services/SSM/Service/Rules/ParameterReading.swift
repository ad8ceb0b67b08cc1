import Door
import SSMAPI

/// Makes answers of versions, with their values decrypted where that is asked for.
struct ParameterReading: Sendable {
    let cipher: ParameterCipher

    /// A version as GetParameter and its like answer it. - Parameter text: its value as the caller is to see it.
    static func shape(
        _ version: ParameterVersion, of parameter: Parameter, _ text: String,
        _ selector: ParameterName.Selector? = nil
    ) -> SSM.Parameter {
        var shape = SSM.Parameter()
        (shape.name, shape.type, shape.value) = (parameter.name, version.type, text)
        (shape.version, shape.selector) = (version.number, selector?.text)
        (shape.lastModifiedDate, shape.aRN, shape.dataType) = (version.modified, parameter.arn, version.dataType)
        return shape
    }

    /// The value as the caller is to see it, where that takes no work; nil where it has to be decrypted.
    static func textNow(_ version: ParameterVersion, decrypts: Bool?) -> String? {
        if decrypts == true, version.value.key != nil { return nil }
        return version.value.shown
    }

    func text(
        _ version: ParameterVersion, of parameter: Parameter, decrypts: Bool?, _ calls: Calls
    ) async throws -> String {
        if let text = ParameterReading.textNow(version, decrypts: decrypts) { return text }
        return try await cipher.open(version, of: parameter.place, calls)
    }
}
