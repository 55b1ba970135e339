using Cms.Platform.Http.Problems;
using FastEndpoints;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Cms.Access;

/// <summary>Says to a key that may not do something which role may.</summary>
internal sealed class RefuseForbidden : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _others = new();

    public Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    )
    {
        if (
            !authorizeResult.Forbidden
            || context.FindCaller() is not { } caller
            || context.GetEndpoint()?.Metadata.GetMetadata<EndpointDefinition>()?.AllowedPermissions
                is not { Count: > 0 } permissions
        )
            return _others.HandleAsync(next, context, policy, authorizeResult);
        var lowest = permissions.Max(Permission.LowestFor);
        throw new Refused(
            ProblemKinds.Forbidden,
            caller.Role >= lowest
                ? "A key that is limited to sections may not do this, whatever its role."
                : $"This needs {Permission.RolesFrom(lowest)}; the key is that of a {Permission.NameOf(caller.Role)}."
        );
    }
}
