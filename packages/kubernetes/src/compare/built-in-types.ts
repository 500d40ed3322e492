/**
 * What the API server knows of the fields of built-in kinds, as far as a comparison needs it: which lists have keys, which
 * values it takes as one (atomic), which are quantities, maps, or zero values that it drops. From the OpenAPI document of
 * Kubernetes 1.34.4 (`api/openapi-spec/swagger.json`: `x-kubernetes-list-type`, `-list-map-keys`, `-map-type`) and, for the zero
 * values, from the `omitempty` of its Go types. Types without such fields are left out.
 *
 * A line is a type (`!`: atomic) and its fields: `q` quantity, `0` number or flag whose zero is dropped, `{}T` map of T (`{!}`
 * atomic), `[]T` atomic list, `[set]`, `[a,b]T` list with the keys a and b, `T` a struct. A line that is indented goes on.
 */
export const builtInTypes = `
APIService metadata=ObjectMeta spec=APIServiceSpec
APIServiceSpec insecureSkipTLSVerify=0
AWSElasticBlockStoreVolumeSource partition=0 readOnly=0
Affinity nodeAffinity=NodeAffinity podAffinity=PodAffinity podAntiAffinity=PodAntiAffinity
AggregationRule clusterRoleSelectors=[]LabelSelector
AzureFilePersistentVolumeSource readOnly=0
AzureFileVolumeSource readOnly=0
CSIDriver metadata=ObjectMeta spec=CSIDriverSpec
CSIDriverSpec volumeLifecycleModes=[set]
CSIPersistentVolumeSource controllerExpandSecretRef=SecretReference controllerPublishSecretRef=SecretReference
  nodeExpandSecretRef=SecretReference nodePublishSecretRef=SecretReference nodeStageSecretRef=SecretReference
  readOnly=0 volumeAttributes={}
CSIVolumeSource nodePublishSecretRef=LocalObjectReference volumeAttributes={}
CapacityRequirements requests={}q
CephFSPersistentVolumeSource readOnly=0 secretRef=SecretReference
CephFSVolumeSource readOnly=0 secretRef=LocalObjectReference
CinderPersistentVolumeSource readOnly=0 secretRef=SecretReference
CinderVolumeSource readOnly=0 secretRef=LocalObjectReference
ClusterRole aggregationRule=AggregationRule metadata=ObjectMeta
ClusterRoleBinding metadata=ObjectMeta roleRef=RoleRef subjects=[]Subject
ClusterTrustBundleProjection labelSelector=LabelSelector
ConfigMap binaryData={} data={} metadata=ObjectMeta
ConfigMapKeySelector!
Container env=[name]EnvVar livenessProbe=Probe ports=[containerPort,protocol]ContainerPort readinessProbe=Probe
  resources=ResourceRequirements restartPolicyRules=[]ContainerRestartRule startupProbe=Probe stdin=0 stdinOnce=0
  tty=0 volumeDevices=[devicePath] volumeMounts=[mountPath]VolumeMount
ContainerPort hostPort=0
ContainerResourceMetricSource target=MetricTarget
ContainerRestartRule exitCodes=ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes values=[set]
CronJob metadata=ObjectMeta spec=CronJobSpec
CronJobSpec jobTemplate=JobTemplateSpec
CrossVersionObjectReference!
CustomResourceColumnDefinition priority=0
CustomResourceDefinition metadata=ObjectMeta spec=CustomResourceDefinitionSpec
CustomResourceDefinitionSpec preserveUnknownFields=0 versions=[]CustomResourceDefinitionVersion
CustomResourceDefinitionVersion additionalPrinterColumns=[]CustomResourceColumnDefinition deprecated=0
  schema=CustomResourceValidation
CustomResourceValidation openAPIV3Schema=JSONSchemaProps
DaemonSet metadata=ObjectMeta spec=DaemonSetSpec
DaemonSetSpec minReadySeconds=0 selector=LabelSelector template=PodTemplateSpec
Deployment metadata=ObjectMeta spec=DeploymentSpec
DeploymentSpec minReadySeconds=0 paused=0 selector=LabelSelector template=PodTemplateSpec
DeviceClaim requests=[]DeviceRequest
DeviceClass metadata=ObjectMeta
DeviceRequest exactly=ExactDeviceRequest firstAvailable=[]DeviceSubRequest
DeviceSubRequest capacity=CapacityRequirements count=0
DownwardAPIProjection items=[]DownwardAPIVolumeFile
DownwardAPIVolumeFile fieldRef=ObjectFieldSelector resourceFieldRef=ResourceFieldSelector
DownwardAPIVolumeSource items=[]DownwardAPIVolumeFile
EmptyDirVolumeSource sizeLimit=q
EnvVar valueFrom=EnvVarSource
EnvVarSource configMapKeyRef=ConfigMapKeySelector fieldRef=ObjectFieldSelector fileKeyRef=FileKeySelector
  resourceFieldRef=ResourceFieldSelector secretKeyRef=SecretKeySelector
EphemeralContainer env=[name]EnvVar livenessProbe=Probe ports=[containerPort,protocol]ContainerPort
  readinessProbe=Probe resources=ResourceRequirements restartPolicyRules=[]ContainerRestartRule startupProbe=Probe
  volumeDevices=[devicePath] volumeMounts=[mountPath]VolumeMount
EphemeralVolumeSource volumeClaimTemplate=PersistentVolumeClaimTemplate
ExactDeviceRequest capacity=CapacityRequirements count=0
ExternalMetricSource metric=MetricIdentifier target=MetricTarget
FCVolumeSource readOnly=0
FileKeySelector!
FlexPersistentVolumeSource options={} readOnly=0 secretRef=SecretReference
FlexVolumeSource options={} readOnly=0 secretRef=LocalObjectReference
FlowSchema metadata=ObjectMeta spec=FlowSchemaSpec
FlowSchemaSpec rules=[]PolicyRulesWithSubjects
GCEPersistentDiskVolumeSource partition=0 readOnly=0
GlusterfsPersistentVolumeSource readOnly=0
GlusterfsVolumeSource readOnly=0
HPAScalingRules tolerance=q
HTTPIngressPath backend=IngressBackend
HTTPIngressRuleValue paths=[]HTTPIngressPath
HorizontalPodAutoscalerBehavior scaleDown=HPAScalingRules scaleUp=HPAScalingRules
ISCSIPersistentVolumeSource chapAuthDiscovery=0 chapAuthSession=0 readOnly=0 secretRef=SecretReference
ISCSIVolumeSource chapAuthDiscovery=0 chapAuthSession=0 readOnly=0 secretRef=LocalObjectReference
Ingress metadata=ObjectMeta spec=IngressSpec
IngressBackend resource=TypedLocalObjectReference service=IngressServiceBackend
IngressClass metadata=ObjectMeta
IngressRule http=HTTPIngressRuleValue
IngressServiceBackend port=ServiceBackendPort
IngressSpec defaultBackend=IngressBackend rules=[]IngressRule
JSONSchemaProps additionalItems=JSONSchemaProps additionalProperties=JSONSchemaProps allOf=[]JSONSchemaProps
  anyOf=[]JSONSchemaProps definitions={}JSONSchemaProps dependencies={} exclusiveMaximum=0 exclusiveMinimum=0
  items=JSONSchemaProps not=JSONSchemaProps nullable=0 oneOf=[]JSONSchemaProps patternProperties={}JSONSchemaProps
  properties={}JSONSchemaProps uniqueItems=0 x-kubernetes-embedded-resource=0 x-kubernetes-int-or-string=0
  x-kubernetes-validations=[rule]
Job metadata=ObjectMeta spec=JobSpec
JobSpec podFailurePolicy=PodFailurePolicy selector=LabelSelector template=PodTemplateSpec
JobTemplateSpec metadata=ObjectMeta spec=JobSpec
LabelSelector! matchLabels={}
Lease metadata=ObjectMeta
LimitRange metadata=ObjectMeta spec=LimitRangeSpec
LimitRangeItem default={}q defaultRequest={}q max={}q maxLimitRequestRatio={}q min={}q
LimitRangeSpec limits=[]LimitRangeItem
LocalObjectReference!
MatchResources! excludeResourceRules=[]NamedRuleWithOperations namespaceSelector=LabelSelector
  objectSelector=LabelSelector resourceRules=[]NamedRuleWithOperations
MetricIdentifier selector=LabelSelector
MetricSpec containerResource=ContainerResourceMetricSource external=ExternalMetricSource object=ObjectMetricSource
  pods=PodsMetricSource resource=ResourceMetricSource
MetricTarget averageValue=q value=q
MutatingWebhook matchConditions=[name] namespaceSelector=LabelSelector objectSelector=LabelSelector
MutatingWebhookConfiguration metadata=ObjectMeta webhooks=[name]MutatingWebhook
NFSVolumeSource readOnly=0
NamedRuleWithOperations!
Namespace metadata=ObjectMeta
NetworkPolicy metadata=ObjectMeta spec=NetworkPolicySpec
NetworkPolicyEgressRule to=[]NetworkPolicyPeer
NetworkPolicyIngressRule from=[]NetworkPolicyPeer
NetworkPolicyPeer namespaceSelector=LabelSelector podSelector=LabelSelector
NetworkPolicySpec egress=[]NetworkPolicyEgressRule ingress=[]NetworkPolicyIngressRule podSelector=LabelSelector
NodeAffinity preferredDuringSchedulingIgnoredDuringExecution=[]PreferredSchedulingTerm
  requiredDuringSchedulingIgnoredDuringExecution=NodeSelector
NodeSelector! nodeSelectorTerms=[]NodeSelectorTerm
NodeSelectorTerm!
NonResourcePolicyRule nonResourceURLs=[set] verbs=[set]
ObjectFieldSelector!
ObjectMeta annotations={} finalizers=[set] labels={} ownerReferences=[uid]OwnerReference
ObjectMetricSource metric=MetricIdentifier target=MetricTarget
ObjectReference!
Overhead podFixed={}q
OwnerReference!
ParamKind!
ParamRef! selector=LabelSelector
PersistentVolume metadata=ObjectMeta spec=PersistentVolumeSpec
PersistentVolumeClaim metadata=ObjectMeta spec=PersistentVolumeClaimSpec
PersistentVolumeClaimSpec dataSource=TypedLocalObjectReference resources=VolumeResourceRequirements
  selector=LabelSelector
PersistentVolumeClaimTemplate metadata=ObjectMeta spec=PersistentVolumeClaimSpec
PersistentVolumeClaimVolumeSource readOnly=0
PersistentVolumeSpec awsElasticBlockStore=AWSElasticBlockStoreVolumeSource azureFile=AzureFilePersistentVolumeSource
  capacity={}q cephfs=CephFSPersistentVolumeSource cinder=CinderPersistentVolumeSource claimRef=ObjectReference
  csi=CSIPersistentVolumeSource fc=FCVolumeSource flexVolume=FlexPersistentVolumeSource
  gcePersistentDisk=GCEPersistentDiskVolumeSource glusterfs=GlusterfsPersistentVolumeSource
  iscsi=ISCSIPersistentVolumeSource nfs=NFSVolumeSource nodeAffinity=VolumeNodeAffinity
  portworxVolume=PortworxVolumeSource quobyte=QuobyteVolumeSource rbd=RBDPersistentVolumeSource
  scaleIO=ScaleIOPersistentVolumeSource storageos=StorageOSPersistentVolumeSource
Pod metadata=ObjectMeta spec=PodSpec
PodAffinity preferredDuringSchedulingIgnoredDuringExecution=[]WeightedPodAffinityTerm
  requiredDuringSchedulingIgnoredDuringExecution=[]PodAffinityTerm
PodAffinityTerm labelSelector=LabelSelector namespaceSelector=LabelSelector
PodAntiAffinity preferredDuringSchedulingIgnoredDuringExecution=[]WeightedPodAffinityTerm
  requiredDuringSchedulingIgnoredDuringExecution=[]PodAffinityTerm
PodDisruptionBudget metadata=ObjectMeta spec=PodDisruptionBudgetSpec
PodDisruptionBudgetSpec selector=LabelSelector
PodFailurePolicy rules=[]PodFailurePolicyRule
PodFailurePolicyOnExitCodesRequirement values=[set]
PodFailurePolicyRule onExitCodes=PodFailurePolicyOnExitCodesRequirement
PodSpec affinity=Affinity containers=[name]Container ephemeralContainers=[name]EphemeralContainer hostAliases=[ip]
  hostIPC=0 hostNetwork=0 hostPID=0 imagePullSecrets=[name]LocalObjectReference initContainers=[name]Container
  nodeSelector={!} overhead={}q resourceClaims=[name] resources=ResourceRequirements schedulingGates=[name]
  topologySpreadConstraints=[topologyKey,whenUnsatisfiable]TopologySpreadConstraint volumes=[name]Volume
PodTemplate metadata=ObjectMeta template=PodTemplateSpec
PodTemplateSpec metadata=ObjectMeta spec=PodSpec
PodsMetricSource metric=MetricIdentifier target=MetricTarget
PolicyRulesWithSubjects nonResourceRules=[]NonResourcePolicyRule resourceRules=[]ResourcePolicyRule
PortworxVolumeSource readOnly=0
PreferredSchedulingTerm preference=NodeSelectorTerm
PriorityClass globalDefault=0 metadata=ObjectMeta
PriorityLevelConfiguration metadata=ObjectMeta
Probe failureThreshold=0 initialDelaySeconds=0 periodSeconds=0 successThreshold=0 timeoutSeconds=0
ProjectedVolumeSource sources=[]VolumeProjection
QuobyteVolumeSource readOnly=0
RBDPersistentVolumeSource readOnly=0 secretRef=SecretReference
RBDVolumeSource readOnly=0 secretRef=LocalObjectReference
ReplicaSet metadata=ObjectMeta spec=ReplicaSetSpec
ReplicaSetSpec minReadySeconds=0 selector=LabelSelector template=PodTemplateSpec
ReplicationController metadata=ObjectMeta spec=ReplicationControllerSpec
ReplicationControllerSpec minReadySeconds=0 selector={!} template=PodTemplateSpec
ResourceClaim metadata=ObjectMeta spec=ResourceClaimSpec
ResourceClaimSpec devices=DeviceClaim
ResourceClaimTemplate metadata=ObjectMeta spec=ResourceClaimTemplateSpec
ResourceClaimTemplateSpec metadata=ObjectMeta spec=ResourceClaimSpec
ResourceFieldSelector! divisor=q
ResourceMetricSource target=MetricTarget
ResourcePolicyRule apiGroups=[set] clusterScope=0 namespaces=[set] resources=[set] verbs=[set]
ResourceQuota metadata=ObjectMeta spec=ResourceQuotaSpec
ResourceQuotaSpec hard={}q scopeSelector=ScopeSelector
ResourceRequirements claims=[name] limits={}q requests={}q
Role metadata=ObjectMeta
RoleBinding metadata=ObjectMeta roleRef=RoleRef subjects=[]Subject
RoleRef!
RuntimeClass metadata=ObjectMeta overhead=Overhead scheduling=Scheduling
ScaleIOPersistentVolumeSource readOnly=0 secretRef=SecretReference sslEnabled=0
ScaleIOVolumeSource readOnly=0 secretRef=LocalObjectReference sslEnabled=0
Scheduling nodeSelector={!}
ScopeSelector!
Secret data={} metadata=ObjectMeta stringData={}
SecretKeySelector!
SecretReference!
Service metadata=ObjectMeta spec=ServiceSpec
ServiceAccount imagePullSecrets=[]LocalObjectReference metadata=ObjectMeta secrets=[name]ObjectReference
ServiceBackendPort! number=0
ServicePort nodePort=0
ServiceSpec healthCheckNodePort=0 ports=[port,protocol]ServicePort publishNotReadyAddresses=0 selector={!}
StatefulSet metadata=ObjectMeta spec=StatefulSetSpec
StatefulSetSpec minReadySeconds=0 selector=LabelSelector template=PodTemplateSpec
  volumeClaimTemplates=[]PersistentVolumeClaim
StorageClass allowedTopologies=[]TopologySelectorTerm metadata=ObjectMeta parameters={}
StorageOSPersistentVolumeSource readOnly=0 secretRef=ObjectReference
StorageOSVolumeSource readOnly=0 secretRef=LocalObjectReference
Subject!
TopologySelectorTerm!
TopologySpreadConstraint labelSelector=LabelSelector
TypedLocalObjectReference!
ValidatingAdmissionPolicy metadata=ObjectMeta spec=ValidatingAdmissionPolicySpec
ValidatingAdmissionPolicyBinding metadata=ObjectMeta spec=ValidatingAdmissionPolicyBindingSpec
ValidatingAdmissionPolicyBindingSpec matchResources=MatchResources paramRef=ParamRef validationActions=[set]
ValidatingAdmissionPolicySpec matchConditions=[name] matchConstraints=MatchResources paramKind=ParamKind
  variables=[name]Variable
ValidatingWebhook matchConditions=[name] namespaceSelector=LabelSelector objectSelector=LabelSelector
ValidatingWebhookConfiguration metadata=ObjectMeta webhooks=[name]ValidatingWebhook
Variable!
Volume awsElasticBlockStore=AWSElasticBlockStoreVolumeSource azureFile=AzureFileVolumeSource cephfs=CephFSVolumeSource
  cinder=CinderVolumeSource csi=CSIVolumeSource downwardAPI=DownwardAPIVolumeSource emptyDir=EmptyDirVolumeSource
  ephemeral=EphemeralVolumeSource fc=FCVolumeSource flexVolume=FlexVolumeSource
  gcePersistentDisk=GCEPersistentDiskVolumeSource glusterfs=GlusterfsVolumeSource iscsi=ISCSIVolumeSource
  nfs=NFSVolumeSource persistentVolumeClaim=PersistentVolumeClaimVolumeSource portworxVolume=PortworxVolumeSource
  projected=ProjectedVolumeSource quobyte=QuobyteVolumeSource rbd=RBDVolumeSource scaleIO=ScaleIOVolumeSource
  storageos=StorageOSVolumeSource
VolumeAttributesClass metadata=ObjectMeta parameters={}
VolumeMount readOnly=0
VolumeNodeAffinity required=NodeSelector
VolumeProjection clusterTrustBundle=ClusterTrustBundleProjection downwardAPI=DownwardAPIProjection
VolumeResourceRequirements limits={}q requests={}q
WeightedPodAffinityTerm podAffinityTerm=PodAffinityTerm
autoscaling.v1.HorizontalPodAutoscaler metadata=ObjectMeta spec=autoscaling.v1.HorizontalPodAutoscalerSpec
autoscaling.v1.HorizontalPodAutoscalerSpec scaleTargetRef=CrossVersionObjectReference
autoscaling.v2.HorizontalPodAutoscaler metadata=ObjectMeta spec=autoscaling.v2.HorizontalPodAutoscalerSpec
autoscaling.v2.HorizontalPodAutoscalerSpec behavior=HorizontalPodAutoscalerBehavior metrics=[]MetricSpec
`;

/** Group and version, and the kinds that have a type in the table; the type is called as the kind, or as the group and version before it. */
export const builtInKinds: Readonly<Record<string, string>> = {
  'admissionregistration.k8s.io/v1':
    'MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/v1': 'CustomResourceDefinition',
  'apiregistration.k8s.io/v1': 'APIService',
  'apps/v1': 'DaemonSet Deployment ReplicaSet StatefulSet',
  'autoscaling/v1': 'HorizontalPodAutoscaler',
  'autoscaling/v2': 'HorizontalPodAutoscaler',
  'batch/v1': 'CronJob Job',
  'coordination.k8s.io/v1': 'Lease',
  'flowcontrol.apiserver.k8s.io/v1': 'FlowSchema PriorityLevelConfiguration',
  'networking.k8s.io/v1': 'Ingress IngressClass NetworkPolicy',
  'node.k8s.io/v1': 'RuntimeClass',
  'policy/v1': 'PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1': 'ClusterRole ClusterRoleBinding Role RoleBinding',
  'resource.k8s.io/v1': 'DeviceClass ResourceClaim ResourceClaimTemplate',
  'scheduling.k8s.io/v1': 'PriorityClass',
  'storage.k8s.io/v1': 'CSIDriver StorageClass VolumeAttributesClass',
  v1: 'ConfigMap LimitRange Namespace PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount',
};
