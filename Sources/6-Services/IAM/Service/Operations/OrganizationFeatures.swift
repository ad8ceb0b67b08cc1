import AWS
import Door
import IAMAPI
import Storage

/// An operation of accounts in an organization. There are no organizations here: after the policies allowed the call, it is
/// answered as in an account outside one.
protocol OfOrganization: Query, OnAccount {}

extension OfOrganization {
    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        throw IAM.OrganizationNotFoundException(message: "The account \(permit.target) is not in an organization.")
    }
}

/// - Source: IAM API Reference, "EnableOrganizationsRootCredentialsManagement".
struct EnableOrganizationsRootCredentialsManagement: OfOrganization {
    typealias Shape = IAM.EnableOrganizationsRootCredentialsManagement
}

/// - Source: IAM API Reference, "DisableOrganizationsRootCredentialsManagement".
struct DisableOrganizationsRootCredentialsManagement: OfOrganization {
    typealias Shape = IAM.DisableOrganizationsRootCredentialsManagement
}

/// - Source: IAM API Reference, "EnableOrganizationsRootSessions".
struct EnableOrganizationsRootSessions: OfOrganization { typealias Shape = IAM.EnableOrganizationsRootSessions }

/// - Source: IAM API Reference, "DisableOrganizationsRootSessions".
struct DisableOrganizationsRootSessions: OfOrganization { typealias Shape = IAM.DisableOrganizationsRootSessions }

/// - Source: IAM API Reference, "ListOrganizationsFeatures".
struct ListOrganizationsFeatures: OfOrganization { typealias Shape = IAM.ListOrganizationsFeatures }

/// Only the management account of an organization may have one made, and no account here is one.
/// - Source: IAM API Reference, "GenerateOrganizationsAccessReport".
struct GenerateOrganizationsAccessReport: Query, OnAccount {
    typealias Shape = IAM.GenerateOrganizationsAccessReport

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        let keys = [ConditionEntry(.iamOrganizationsPolicyId, input.organizationsPolicyId)].compactMap { $0 }
        return try ask(on: "arn:aws:iam::\(target):access-report/\(input.entityPath)", facts, keys: keys)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        throw AccessDenied("The account \(permit.target) is not the management account of an organization.")
    }
}

/// There is no report that it could give.
/// - Source: IAM API Reference, "GetOrganizationsAccessReport".
struct GetOrganizationsAccessReport: Query, OnAccount {
    typealias Shape = IAM.GetOrganizationsAccessReport

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        throw IAM.NoSuchEntityException(message: "There is no report with the job id \(input.jobId).")
    }
}
