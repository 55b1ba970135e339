using Cms.Access;
using Cms.Publishing;

namespace Cms.Delivery;

/// <summary>The wall, through which every body goes: whoever may not read on gets the teaser, whatever the form.</summary>
internal static class Wall
{
    public static bool MayReadOn(ArticleAccess access, Guid[] sectionPath, Caller? caller) =>
        access == ArticleAccess.Public
        || (caller is not null && caller.May(Permissions.ReadWhole) && caller.Reaches(sectionPath));

    /// <summary>The body in the forms that were asked for. It is cut before any form is made, so that no form can forget it.</summary>
    /// <param name="blocks">The body as it is stored.</param>
    /// <param name="images">The images that it names.</param>
    /// <param name="forms">The forms; with <c>none</c> there is no body.</param>
    /// <param name="mayReadOn">Whether the reader gets all of it.</param>
    public static (BodyView? Body, bool Truncated) Show(
        string blocks,
        IEnumerable<ImageView> images,
        BodyForm[] forms,
        bool mayReadOn
    )
    {
        if (forms.Contains(BodyForm.None))
            return (null, false);
        var body = Publishing.Bodies.Body.Parse(blocks);
        var truncated = false;
        if (!mayReadOn)
            (body, truncated) = body.Teaser();
        var byId = images.ToDictionary(i => i.Id);
        return (BodyForms.View(body, forms, id => byId.GetValueOrDefault(id)), truncated);
    }
}
