import Door
import SSMAPI

/// A parameter: its latest version, or the one whose number or label follows the name. Or a secret that is referred to.
/// - Source: Systems Manager API Reference, "GetParameter".
struct GetParameter: WorkedQuery, OnParameter {
    typealias Shape = SSM.GetParameter
    let reading: ParameterReading

    func parameterName(_ input: Input) -> String { input.name }

    func answerNow(_ input: Input, under permit: borrowing Permit<ParameterTarget>) throws -> Output? {
        let target = permit.target
        guard SecretReference(target.name) == nil else { return nil }
        let (version, parameter) = (try target.requiredVersion(), try target.required())
        return ParameterReading.textNow(version, decrypts: input.withDecryption).map {
            Output(parameter: ParameterReading.shape(version, of: parameter, $0, target.name.selector))
        }
    }

    func answer(_ input: Input, under permit: borrowing Permit<ParameterTarget>) async throws -> Output {
        let (target, calls) = (permit.target, permit.calls)
        if let reference = SecretReference(target.name) {
            return Output(parameter: try await reference.read(decrypts: input.withDecryption, calls))
        }
        let (version, parameter) = (try target.requiredVersion(), try target.required())
        let text = try await reading.text(version, of: parameter, decrypts: input.withDecryption, calls)
        return Output(parameter: ParameterReading.shape(version, of: parameter, text, target.name.selector))
    }
}
