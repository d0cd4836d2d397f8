"""Departments: who determines, who provides, in which region; reporting units; the platform itself.

A department is an authority of a region. It may determine (认定单位) and provide (信息提供单位). Regions are divisions of
GB/T 2260; reporting units add those that have no division code of their own (高新区, 自贸区福州片区).

Words: Department, region, reporting unit, provider, determining authority.
"""
