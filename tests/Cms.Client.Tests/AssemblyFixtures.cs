[assembly: AssemblyFixture(typeof(CmsServer))]
