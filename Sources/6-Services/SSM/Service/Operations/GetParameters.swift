import Door
import SSMAPI

/// Up to ten parameters, each once however often it is named. Names that lead to none are told apart.
/// - Source: Systems Manager API Reference, "GetParameters".
struct GetParameters: WorkedQuery, OnParameters {
    typealias Shape = SSM.GetParameters
    static var answersNow: Bool { false }
    let reading: ParameterReading

    func parameterNames(_ input: Input) -> [String] { input.names }

    func answer(_ input: Input, under permit: borrowing Permit<[ParameterTarget]>) async throws -> Output {
        let (targets, calls) = (permit.target, permit.calls)
        var output = Output(parameters: [], invalidParameters: [])
        var seen: Set<[UInt8]> = []
        for target in targets where seen.insert(Array(target.name.given.utf8)).inserted {
            if let reference = SecretReference(target.name) {
                do {
                    output.parameters?.append(try await reference.read(decrypts: input.withDecryption, calls))
                } catch is SSM.ParameterNotFound { output.invalidParameters?.append(target.name.given) }
                continue
            }
            guard let parameter = target.parameter, let version = target.version else {
                output.invalidParameters?.append(target.name.given)
                continue
            }
            let text = try await reading.text(version, of: parameter, decrypts: input.withDecryption, calls)
            output.parameters?.append(
                ParameterReading.shape(version, of: parameter, text, target.name.selector))
        }
        return output
    }
}
