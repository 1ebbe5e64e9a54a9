package config

import "reflect"

// Changed lists the keys whose values differ in other, in the order of Settings. It compares secrets too.
func (s Settings) Changed(other Settings) (keys []string) {
	ours, theirs := flags(&s), flags(&other)
	for i, f := range ours {
		if f.Name != fileKey && !same(f.Target, theirs[i].Target) {
			keys = append(keys, f.Name)
		}
	}
	return keys
}

// same takes an absent list or table for an empty one.
func same(a, b reflect.Value) bool {
	if k := a.Kind(); (k == reflect.Slice || k == reflect.Map) && a.Len() == 0 && b.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}
