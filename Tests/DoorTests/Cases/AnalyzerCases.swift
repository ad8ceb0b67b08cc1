import AccessAnalyzerAPI

extension OperationCase {
    static let accessAnalyzer: [OperationCase] = [
        OperationCase(
            service: AccessAnalyzer.service, name: "ValidatePolicy",
            input: [
                "policyDocument":
                    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Fly","Resource":"*"}]}"#,
                "policyType": "IDENTITY_POLICY",
            ],
            asks: [Asked("access-analyzer:ValidatePolicy", "*")],
            refusals: [
                Refused("ValidationException", ["policyType": "MAGIC"]),
                Refused("ValidationException", ["locale": "DE"]),
                Refused("ValidationException", ["maxResults": 0]),
                Refused("ValidationException", ["nextToken": "AAAA"]),
                Refused("ValidationException", ["validatePolicyResourceType": "AWS::S3::Bucket"]),
            ], isReadOnly: true),
        OperationCase(
            service: AccessAnalyzer.service, name: "StartPolicyGeneration",
            input: ["policyGenerationDetails": ["principalArn": "arn:aws:iam::111122223333:user/staff/alice"]],
            asks: [Asked("access-analyzer:StartPolicyGeneration", "*")],
            refusals: [
                Refused(
                    "ValidationException",
                    ["policyGenerationDetails": ["principalArn": "arn:aws:iam::444455556666:user/bob"]]),
                Refused("ValidationException", ["policyGenerationDetails": ["principalArn": "alice"]]),
            ], isReadOnly: false),
        OperationCase(
            service: AccessAnalyzer.service, name: "GetGeneratedPolicy", input: ["jobId": "{job}"],
            asks: [Asked("access-analyzer:GetGeneratedPolicy", "*")],
            refusals: [Refused("ValidationException", ["jobId": "none"])]),
        OperationCase(
            service: AccessAnalyzer.service, name: "ListPolicyGenerations", input: [:],
            asks: [Asked("access-analyzer:ListPolicyGenerations", "*")],
            refusals: [Refused("ValidationException", ["nextToken": "none"])]),
        OperationCase(
            service: AccessAnalyzer.service, name: "CancelPolicyGeneration", input: ["jobId": "{job}"],
            asks: [Asked("access-analyzer:CancelPolicyGeneration", "*")],
            refusals: [Refused("ValidationException", ["jobId": "none"])], isReadOnly: false),
    ]
}
