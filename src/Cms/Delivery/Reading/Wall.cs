using Cms.Access;
using Cms.Publishing;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Delivery.Reading;

/// <summary>
/// The wall, through which every body goes: whoever may not read on gets the teaser, whatever the form.
/// </summary>
internal static class Wall
{
    public static bool MayReadOn(ArticleAccess access, Guid[] sectionPath, Caller? caller) =>
        access == ArticleAccess.Public
        || (caller is not null && caller.May(Permission.ReadWhole) && caller.Reaches(sectionPath));

    /// <summary>
    /// The condition for a picture to be shown to a reader, over <c>published_images i</c> and <c>@Reach</c>
    /// (<see cref="ReachOf"/>): open to all, or in an article that they may read to its end.
    /// </summary>
    public static string MaySeeImage(Caller? caller) =>
        caller is null || !caller.May(Permission.ReadWhole) ? "i.is_open"
        : caller.SectionIds is null ? "true"
        : """
            (i.is_open or exists (select from published_article_images u
                join published_articles p on p.id = u.article_id
                where u.image_id = i.id and p.section_path && @Reach))
            """;

    /// <summary>The same over the change feed, <c>changes g</c>.</summary>
    public static string MaySeeChanged(Caller? caller) => Changed(caller, "g.is_open", "and m.op = 'upsert'");

    /// <summary>
    /// Whether a reader may ever have seen a thing of the change feed, and so may learn of its deletion. A picture's id
    /// alone is the address of its file.
    /// </summary>
    public static string MayHaveSeenChanged(Caller? caller) => Changed(caller, "g.was_open", "");

    /// <summary>The same for what is known already.</summary>
    /// <param name="caller">The reader.</param>
    /// <param name="isOpen">Whether everybody may.</param>
    /// <param name="sections">The sections in which it stands.</param>
    public static bool MaySee(Caller? caller, bool isOpen, IEnumerable<Guid> sections) =>
        isOpen || (caller is not null && caller.May(Permission.ReadWhole) && caller.Reaches(sections));

    private static string Changed(Caller? caller, string isOpen, string inReach) =>
        caller is null || !caller.May(Permission.ReadWhole) ? isOpen
        : caller.SectionIds is null ? "true"
        : $"""
            ({isOpen} or exists (select from section_changes m
                where m.entity_id = g.entity_id and m.entity_type = 'image' and m.section_id = any(@Reach) {inReach}))
            """;

    /// <summary>The sections that a reader's key is limited to; none, if it is not.</summary>
    public static Guid[] ReachOf(Caller? caller) => caller?.SectionIds ?? [];

    /// <summary>
    /// The body in the forms that were asked for. It is cut before any form is made, so that no form can forget it.
    /// </summary>
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
        // Before the cut: a block that is cut keeps its id.
        if (forms.Contains(BodyForm.Blocks))
            body = BlockIds.Complete(body);
        var truncated = false;
        if (!mayReadOn)
            (body, truncated) = body.Teaser();
        var byId = images.ToDictionary(i => i.Id);
        return (BodyForms.View(body, forms, id => byId.GetValueOrDefault(id)), truncated);
    }
}
