namespace Cms.Changes;

/// <summary>What can be synced, in order of dependency: an article comes after the things that it refers to.</summary>
internal enum EntityType
{
    /// <summary>Sections.</summary>
    Section,

    /// <summary>Images.</summary>
    Image,

    /// <summary>Authors.</summary>
    Author,

    /// <summary>Tags.</summary>
    Tag,

    /// <summary>Articles.</summary>
    Article,
}
