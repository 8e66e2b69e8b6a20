// StorageConformance: what every engine behind the storage seams promises.
