using Cms.Access;
using Cms.Platform.Http.Problems;
using FastEndpoints;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Cms.Desk;

/// <summary>Tells a key that may not do something which role may, and has it recorded.</summary>
internal sealed class RefuseForbidden(AuditLog audit) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _others = new();

    public async Task HandleAsync(
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
        {
            await _others.HandleAsync(next, context, policy, authorizeResult);
            return;
        }
        var lowest = permissions.Max(Permission.LowestFor);
        var refused = new Refused(
            ProblemKinds.Forbidden,
            caller.Role >= lowest
                ? $"A {caller.Credential} that is limited to sections may not do this, whatever its role."
                : $"This needs {Permission.RolesFrom(lowest)}; the {caller.Credential} is that of "
                    + $"{Permission.WithArticle(caller.Role)}."
        );
        if (context.GetEndpoint()?.Metadata.GetMetadata<Act>() is { } act)
            await audit.RecordAsync(refused, act, caller, edit: null, RequestName.Of(context));
        throw refused;
    }
}
