import IAMAPI

extension OperationCase {
    private static let alice = Stage.iam + "user/staff/alice"
    private static let texts: Value = [.text(Stage.reading)]
    private static let nobody = Refused("NoSuchEntity", ["PolicySourceArn": .text(Stage.iam + "user/nobody")])
    private static let noEntity = Refused("InvalidInput", ["PolicySourceArn": .text(Stage.iam + "policy/thing")])
    private static let noPolicy = Refused("InvalidInput", ["PolicyInputList": ["{}"]])

    static let simulations: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "SimulateCustomPolicy",
            input: ["PolicyInputList": texts, "ActionNames": ["s3:GetObject"]],
            asks: [Asked("iam:SimulateCustomPolicy", "*")],
            refusals: [noPolicy, Refused("InvalidInput", ["Marker": "AAAA"]), .noItems], isReadOnly: true),
        OperationCase(
            service: IAM.service, name: "SimulatePrincipalPolicy",
            input: ["PolicySourceArn": .text(alice), "ActionNames": ["s3:GetObject"]],
            asks: [Asked("iam:SimulatePrincipalPolicy", alice)], isTagged: true,
            refusals: [nobody, noEntity, noPolicy, .noItems], isReadOnly: true),
        OperationCase(
            service: IAM.service, name: "GetContextKeysForCustomPolicy", input: ["PolicyInputList": texts],
            asks: [Asked("iam:GetContextKeysForCustomPolicy", "*")], refusals: [noPolicy]),
        OperationCase(
            service: IAM.service, name: "GetContextKeysForPrincipalPolicy", input: ["PolicySourceArn": .text(alice)],
            asks: [Asked("iam:GetContextKeysForPrincipalPolicy", alice)], isTagged: true,
            refusals: [nobody, noEntity, noPolicy]),
    ]
}
